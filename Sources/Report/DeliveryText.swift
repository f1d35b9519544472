import RecordStream

/// The outcome of a feed's delivery, in sentences.
enum DeliveryText {
  static func notice(of section: Section) -> Report.Notice {
    let deliveries = section.deliveries
    let sent = deliveries.kept.map(sentence) + more(deliveries.succeeded - deliveries.kept.count)
    let failures = deliveries.failures.map(failure) + more(deliveries.failed - deliveries.failures.count)
    let lost = section.lost > 0 ? [lostText(section.lost)] : []
    let cause = lost + (section.isComplete ? section.warning.map { [quote($0)] } ?? [] : stop(of: section))
    if section.isDeliveredInPart {
      let title = section.isComplete ? "Only a part was delivered" : "Did not finish, and only a part was delivered"
      return Report.Notice(tone: .bad, title: title, sentences: sent + failures + cause, advice: advice)
    }
    if section.isUndelivered {
      let title = section.isComplete ? "Nothing was delivered" : "Did not finish, nothing was delivered"
      return Report.Notice(tone: .bad, title: title, sentences: failures + cause, advice: advice)
    }
    guard !deliveries.isEmpty else {
      return Report.Notice(
        tone: .attention, title: "No delivery", sentences: ["This run had no step that delivers to Alma."], advice: nil)
    }
    let hasPeople = deliveries.kept.contains { $0.outcome != .empty }
    return Report.Notice(
      tone: cause.isEmpty ? .good : .attention, title: hasPeople ? "Delivered" : "Nobody to deliver",
      sentences: sent + cause, advice: nil)
  }

  private static let advice =
    "Alma has not been told of these people yet. The next run that succeeds delivers them. "
    + "If this message comes again, the library's systems administrator has to look at the log of the run."

  private static func sentence(_ delivery: DeliveryRecord) -> String {
    let who = delivery.users.map { Phrase.counted($0, "person", "people") } ?? "The people"
    let were = delivery.users == 1 ? "was" : "were"
    let place = delivery.remote.map { " as \(file(Phrase.excerpt($0, limit: 300)))" } ?? ""
    let time = delivery.at.map { " at \(Phrase.time($0))" } ?? ""
    let part = delivery.isPartial ? " The feed was incomplete, and delivered on demand." : ""
    switch delivery.outcome {
    case .delivered: return "\(who) \(were) delivered\(place)\(time). Alma loads the file at its next run.\(part)"
    case .alreadyThere: return "\(who) had been delivered before\(place); the same file is not sent twice.\(part)"
    case .empty: return "There was nobody to send, so no file was made.\(part)"
    case .failed: return failure(delivery)
    }
  }

  /// The file's name before its directory, because people look for the name in Alma.
  private static func file(_ remote: String) -> String {
    guard let slash = remote.lastIndex(of: "/"), slash != remote.startIndex else { return remote }
    return "\(remote[remote.index(after: slash)...]) in \(remote[..<slash])"
  }

  private static func failure(_ delivery: DeliveryRecord) -> String {
    let place = delivery.remote.map { " to \(Phrase.excerpt($0, limit: 300))" } ?? ""
    return "The delivery\(place) failed: \(Phrase.excerpt(delivery.error ?? "no reason is given", limit: 500))"
  }

  /// A sentence for those that are not kept.
  private static func more(_ count: Int) -> [String] {
    count > 0 ? ["And \(Phrase.counted(count, "more file", "more files"))."] : []
  }

  /// The first stage that is not complete, or the last one that the stream has.
  private static func stop(of section: Section) -> [String] {
    if let summary = section.summaries.first(where: { !$0.isComplete }) {
      let error = summary.failure?.error
      let isReported = section.deliveries.failures.contains {
        $0.error == error || $0.error?.contains(error ?? "") == true
      }
      return ["The first step that failed: \(step(summary.stage))."]
        + (isReported ? [] : error.map { [quote($0)] } ?? [])
    }
    if let summary = section.summaries.last { return ["The stream breaks off after \(step(summary.stage))."] }
    return ["The stream has no end, so no step can have finished."]
  }

  /// The people whose reject records were removed with an old run before a message could be sent.
  private static func lostText(_ count: Int) -> String {
    "\(Phrase.counted(count, "person was", "people were")) rejected and cannot be listed here: the records were removed, because this "
      + "message could not be sent for a long time."
  }

  /// The error of a program.
  private static func quote(_ error: String) -> String { "It said: \(Phrase.excerpt(error, limit: 500))" }

  private static func step(_ stage: String) -> String {
    let stage = Phrase.excerpt(stage)
    switch stage {
    case "ps-fetch": return "fetching the people from PeopleSoft (ps-fetch)"
    case "patron-validate": return "checking the people (patron-validate)"
    case "patron-to-xml": return "writing the file for Alma (patron-to-xml)"
    case "feed-zip": return "packing the file for Alma (feed-zip)"
    case "feed-push": return "delivering the file to Alma (feed-push)"
    default: return stage.isEmpty ? "a step without a name" : stage
    }
  }
}
