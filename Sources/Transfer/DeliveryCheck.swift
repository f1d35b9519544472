import RecordStream

/// Checks that a stream may be delivered: it is complete, and its counts agree.
struct DeliveryCheck {
  let account: StreamAccount
  /// The records of the zips.
  let zips: [FileRecord]

  /// Why the stream must not be delivered; nil if it may.
  var objection: String? { completeness ?? presence ?? counts }

  private var completeness: String? {
    if let summary = account.summaries.first(where: { !$0.isComplete }) {
      if let failure = summary.failure { return "\(summary.stage) failed: \(failure.error)" }
      return "the stream is incomplete: \(summary.stage) says that it, or a stage before it, did not finish"
    }
    return account.endsComplete ? nil : "the stream was cut off: its last line is not a summary"
  }

  /// Why a stage that every feed needs is missing.
  private var presence: String? {
    [StageName.fetch, StageName.convert, StageName.pack].first { name in
      !account.summaries.contains { $0.stage == name }
    }
    .map { "the stream has no summary of \($0)" }
  }

  private typealias Count = (name: String, number: Int?)

  private var counts: String? {
    var pairs: [(Count, Count)] = []
    var people: Count?
    var isValidated = false
    for summary in account.summaries {
      switch summary.stage {
      case StageName.fetch: people = ("ps-fetch.people", summary[.people])
      case StageName.validate:
        let parts = [RecordField.accepted, .rejected, .excluded].map { summary[$0] }
        let sum = parts.contains(nil) ? nil : parts.compactMap(\.self).reduce(0, +)
        let own = ("patron-validate.people", summary[.people])
        if let people { pairs.append((people, own)) }
        pairs.append((own, ("its accepted, rejected and excluded together", sum)))
        people = ("patron-validate.accepted", summary[.accepted])
        isValidated = true
      default: break
      }
    }
    let users = ("patron-to-xml.users", sum(of: .users, StageName.convert))
    if isValidated, let people { pairs.append((people, users)) }
    pairs.append((users, ("the users of the zips", zips.map(\.users).reduce(0, +))))
    pairs.append((users, ("feed-zip.users", sum(of: .users, StageName.pack))))
    pairs.append((("the number of zips", zips.count), ("feed-zip.zips", sum(of: .zips, StageName.pack))))
    return pairs.lazy.compactMap { compare($0, $1) }.first
  }

  /// Why two counts do not agree; nil if they do.
  private func compare(_ left: Count, _ right: Count) -> String? {
    guard let first = left.number else { return "the counts cannot be compared: \(left.name) is missing" }
    guard let second = right.number else { return "the counts cannot be compared: \(right.name) is missing" }
    return first == second ? nil : "the counts disagree: \(left.name) \(first), but \(right.name) \(second)"
  }

  private func sum(of count: RecordField, _ stage: String) -> Int? {
    let numbers = account.summaries.filter { $0.stage == stage }.map { $0[count] }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self).reduce(0, +)
  }
}
