import Calendar
import RecordStream

extension History {
  /// What became of the files that were delivered, oldest first.
  /// - Parameter since: older ones are left out, unless they waited at the last look.
  func receipts(of ledger: Ledger, since: Instant) -> [ReceiptRecord] {
    let waiting = Set(looks.last?.waiting ?? [])
    var names: Set<String> = []
    // A file that is found to be there already is the one that was delivered before.
    let files = ledger.deliveries.filter { delivery in
      guard let name = delivery.fileName else { return false }
      guard names.insert(name).inserted || delivery.outcome == .delivered else { return false }
      return delivery.at.map { $0 >= since } ?? false || waiting.contains(name)
    }
    return files.map { delivery in
      let name = delivery.fileName ?? ""
      var receipt = ReceiptRecord(.waiting, delivery, name: name)
      switch pickUp(of: name, deliveredAt: delivery.at) {
      case .waiting(let at): receipt.after = at
      case .taken(let after, let before): (receipt.outcome, receipt.after, receipt.before) = (.taken, after, before)
      case .gone(let after, let before): (receipt.outcome, receipt.after, receipt.before) = (.gone, after, before)
      case nil: break
      }
      receipt.load = load(of: delivery)
      switch receipt.load?.outcome {
      case .loaded: receipt.outcome = .loaded
      case .failed: receipt.outcome = .refused
      default: break
      }
      return receipt
    }
  }
}

extension ReceiptRecord {
  /// `taken between 01:10 and 01:30; loaded: 8 processed, 2 created`. First what is known from the looks at the drop
  /// directory, then Alma's answer.
  var text: String {
    let day = delivery.at?.day
    var text =
      if let before {
        (outcome == .gone ? PickUp.gone(after: after ?? before, before: before) : .taken(after: after, before: before))
          .text(of: day)
      } else {
        after.map { PickUp.waiting($0).text(of: day) } ?? "waiting, not looked at since the delivery"
      }
    guard let load else { return text }
    text += "; "
    switch load.outcome {
    case .loaded: text += "loaded"
    case .failed: text += "refused: Alma's job failed"
    case .running: text += "Alma's job has not ended"
    case .waiting: text += "not loaded yet"
    case .unknown: text += "Alma's job has an unknown status"
    }
    if load.isOverdue { text += ", overdue" }
    return text + load.numbers(": ")
  }
}

extension LoadRecord {
  /// The numbers of Alma, after a text that stands before them if there are any.
  func numbers(_ before: String = "") -> String {
    let counts = Self.countFields.compactMap { field in self.counts[field].map { "\($0) \(field.rawValue)" } }
    let list = deliveries.count > 1 ? counts + ["of \(deliveries.count) files together"] : counts
    return counts.isEmpty
      ? ""
      : before + list.joined(separator: ", ")
        + (agrees == false ? "; not as many as were delivered" : "")
  }
}
