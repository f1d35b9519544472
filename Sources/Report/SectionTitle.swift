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

  init(_ all: [Section]) {
    let sections = all.filter { !$0.isOfLoads }
    let loads = LoadSubject(all)
    let days = sections.compactMap(\.feed).map { ($0.since, $0.until) } + (sections.isEmpty ? loads.days : [])
    let window = SectionTitle.window(from: days.compactMap(\.0).min(), to: days.compactMap(\.1).max())
    let undelivered = sections.filter { $0.isUndelivered && !$0.isDeliveredInPart }
    let deliveredInPart = sections.filter(\.isDeliveredInPart)
    // If a feed is not delivered, Alma loads none of its people.
    let rejected = sections.filter { !$0.isUndelivered || $0.isDeliveredInPart }.reduce(0) { $0 + $1.rejected.people }
    let isNothing = !sections.isEmpty && undelivered.count == sections.count

    var parts: [String] = []
    if isNothing {
      parts.append("not delivered")
    } else {
      parts += undelivered.map { "\(SectionTitle.people($0.status)) not delivered" }
      parts += deliveredInPart.map { _ in "delivered in part" }
      if rejected > 0 { parts.append("\(rejected) not loaded") }
    }
    parts += loads.parts
    subject =
      "Alma people feed" + (window.map { " \($0)" } ?? "") + ": "
      + (parts.isEmpty ? "no problems" : parts.joined(separator: ", "))

    if isNothing {
      headline = "Nothing was delivered to Alma."
      tone = .bad
    } else if !undelivered.isEmpty || !deliveredInPart.isEmpty {
      headline = "A part of the feed was not delivered to Alma."
      tone = .bad
    } else if let worst = loads.headline {
      headline = worst
      tone = .bad
    } else if rejected + loads.refused > 0 {
      headline = [
        rejected > 0 ? "\(Phrase.counted(rejected, "person was", "people were")) not loaded." : nil,
        loads.refused > 0 ? "Alma refused \(Phrase.people(loads.refused))." : nil,
      ].compactMap(\.self).joined(separator: " ")
      tone = .attention
    } else {
      headline = "There is nothing to put right."
      tone = .good
    }
  }
}

/// What the subject and the headline say of loads.
private struct LoadSubject {
  let days: [(Day?, Day?)]
  let refused: Int
  /// For the subject.
  private(set) var parts: [String] = []
  /// The worst of it; nil if nothing is worse than rejected people.
  private(set) var headline: String?

  init(_ sections: [Section]) {
    let loads = sections.flatMap(\.loads)
    days = loads.flatMap(\.record.deliveries).map { ($0.since, $0.until) }
    refused = loads.reduce(0) { $0 + ($1.rejected ?? 0) }
    let records = loads.map(\.record)
    if records.contains(where: { $0.outcome == .failed }) {
      tell("Alma's job failed", "Alma's job failed.")
    }
    if records.contains(where: { $0.isOverdue }) {
      tell("Alma has not loaded it", "Alma has not loaded what was delivered.")
    }
    if records.contains(where: { $0.agrees == false }) {
      tell("Alma's numbers differ", "Alma counts other numbers than were delivered.")
    }
    if sections.contains(where: { $0.loadFailure != nil }) { tell("Alma not asked", "Alma could not be asked.") }
    if refused > 0 { parts.append("\(refused) refused by Alma") }
  }

  private mutating func tell(_ part: String, _ headline: String) {
    parts.append(part)
    self.headline = self.headline ?? headline
  }
}
