import RecordStream

/// The outcome of a feed's delivery, in sentences.
enum DeliveryText {
  static func notice(of section: Section, _ topic: Topic) -> Report.Notice {
    let deliveries = section.deliveries
    let sent = deliveries.kept.map(sentence) + more(deliveries.succeeded - deliveries.kept.count)
    let lost = section.lost > 0 && topic != .failures ? [lostText(section.lost)] : []
    if section.isUndelivered {
      let title =
        section.isDeliveredInPart
        ? (section.isComplete ? "Only a part was delivered" : "The run did not finish, and only a part was delivered")
        : (section.isComplete ? "Nothing was delivered" : "The run did not finish, and nothing was delivered")
      if topic == .people {
        return Report.Notice(
          tone: .bad, title: title, sentences: sent + lost + ["The library's systems administrators are told why."],
          advice: nil)
      }
      let failure = FailureText(section)
      // The error of the delivery is the cause itself, or repeats it.
      let failures =
        failure.isOfDelivery
        ? deliveries.failures.compactMap(place) + more(deliveries.failed - deliveries.failures.count) : []
      return Report.Notice(
        tone: .bad, title: title, sentences: sent + lost + failure.sentences + failures,
        advice: failure.advice)
    }
    let warning = topic == .people ? [] : [section.warning.map(quote)].compactMap(\.self)
    if deliveries.isEmpty {
      return Report.Notice(
        tone: .attention, title: "No delivery",
        sentences: ["This run had no step that delivers to Alma."] + lost + warning, advice: nil)
    }
    let hasPeople = deliveries.kept.contains { $0.outcome != .empty }
    return Report.Notice(
      tone: lost.isEmpty && warning.isEmpty ? .good : .attention, title: hasPeople ? "Delivered" : "Nobody to deliver",
      sentences: sent + lost + warning, advice: nil)
  }

  private static func sentence(_ delivery: DeliveryRecord) -> String {
    let who = delivery.users.map { Phrase.counted($0, "person", "people") } ?? "The people"
    let were = delivery.users == 1 ? "was" : "were"
    // People look for the name of the file in Alma; its directory means nothing to them.
    let file = delivery.remote.map { " in the file \(Phrase.excerpt(name(of: $0), limit: 300))" } ?? ""
    let time = delivery.at.map { " at \(Phrase.time($0))" } ?? ""
    let part = delivery.isPartial ? " The feed was incomplete, and was delivered by hand." : ""
    switch delivery.outcome {
    case .delivered: return "\(who) \(were) delivered\(file)\(time). Alma loads the file at its next run.\(part)"
    case .alreadyThere: return "\(who) \(were) delivered earlier\(file). The file was not sent again.\(part)"
    case .empty: return "There was nobody to send, so no file was made.\(part)"
    case .failed: return ""
    }
  }

  /// The delivery of a feed again, in the rows of the history.
  static func again(_ delivery: DeliveryRecord) -> String {
    "delivered again\(delivery.at.map { " \(Phrase.time($0))" } ?? "")"
  }

  private static func name(of remote: String) -> String {
    remote.lastIndex(of: "/").map { String(remote[remote.index(after: $0)...]) } ?? remote
  }

  /// Where a delivery failed.
  private static func place(of delivery: DeliveryRecord) -> String? {
    delivery.remote.map { "It was to be delivered to \(Phrase.excerpt($0, limit: 300))." }
  }

  /// A sentence for those that are not kept.
  private static func more(_ count: Int) -> [String] {
    count > 0 ? ["And \(Phrase.counted(count, "more file", "more files"))."] : []
  }

  /// The people whose reject records were removed with an old run before a message could be sent.
  private static func lostText(_ count: Int) -> String {
    "\(Phrase.counted(count, "person was", "people were")) rejected and cannot be listed here: no message could be sent for a long "
      + "time, and the records have been removed."
  }

  /// The error of a program whose work was complete.
  private static func quote(_ error: String) -> String { "A program reported: \(Phrase.excerpt(error, limit: 500))" }
}
