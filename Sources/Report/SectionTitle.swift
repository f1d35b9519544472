import Calendar
import RecordStream

/// The name of a feed.
enum SectionTitle {
  /// `Eligible people, changes of 2026-11-21`.
  static func title(of section: Section) -> String {
    let people = capitalizedPeople(section.status)
    return window(from: section.feed?.since, to: section.feed?.until).map { "\(people), changes of \($0)" } ?? people
  }

  /// `Eligible people`, for the beginning of a sentence.
  static func capitalizedPeople(_ status: String?) -> String {
    let people = people(status)
    return people.prefix(1).uppercased() + people.dropFirst()
  }

  /// `eligible people`.
  static func people(_ status: String?) -> String {
    switch status {
    case nil: "people"
    case "E": "eligible people"
    case "I": "people no longer eligible"
    case let status?: "people of status \(Phrase.excerpt(status))"
    }
  }

  /// `2026-11-21`, or `2026-11-19 to 2026-11-22` if it is longer than a day; nil if it is not known.
  static func window(from since: Day?, to until: Day?) -> String? {
    switch (since, until) {
    case (nil, nil): nil
    case (let since?, nil): "\(since)"
    case (nil, let until?): "up to \(until)"
    case (let since?, let until?): until.number - since.number <= 1 ? "\(since)" : "\(since) to \(until)"
    }
  }
}

/// Subject and headline of a report: the worst first, with counts.
struct SubjectText {
  let subject: String
  let headline: String
  let tone: Report.Tone

  init(_ sections: [Section]) {
    let feeds = sections.compactMap(\.feed)
    let window = SectionTitle.window(from: feeds.compactMap(\.since).min(), to: feeds.compactMap(\.until).max())
    let undelivered = sections.filter { $0.isUndelivered && !$0.isDeliveredInPart }
    let deliveredInPart = sections.filter(\.isDeliveredInPart)
    // If a feed is not delivered, Alma loads none of its people, rejected or not.
    let rejected = sections.filter { !$0.isUndelivered || $0.isDeliveredInPart }.reduce(0) { $0 + $1.rejected.people }

    var parts: [String] = []
    if undelivered.count == sections.count {
      parts.append("not delivered")
    } else {
      parts += undelivered.map { "\(SectionTitle.people($0.status)) not delivered" }
      parts += deliveredInPart.map { _ in "delivered in part" }
      if rejected > 0 { parts.append("\(rejected) not loaded") }
    }
    subject =
      "Alma people feed" + (window.map { " \($0)" } ?? "") + ": "
      + (parts.isEmpty ? "no problems" : parts.joined(separator: ", "))

    if undelivered.count == sections.count {
      headline = "Nothing was delivered to Alma."
      tone = .bad
    } else if !undelivered.isEmpty || !deliveredInPart.isEmpty {
      headline = "A part of the feed was not delivered to Alma."
      tone = .bad
    } else if rejected > 0 {
      headline = "\(Phrase.counted(rejected, "person was", "people were")) not loaded."
      tone = .attention
    } else {
      headline = "There is nothing to put right."
      tone = .good
    }
  }
}
