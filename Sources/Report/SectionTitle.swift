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

  init(_ all: [Section], _ topic: Topic, marksNew: Bool) {
    let sections = all.filter { !$0.isOfLoads }
    let loads = LoadSubject(all, topic)
    let days = sections.compactMap(\.feed).map { ($0.since, $0.until) } + (sections.isEmpty ? loads.days : [])
    let window = SectionTitle.window(from: days.compactMap(\.0).min(), to: days.compactMap(\.1).max())
    let undelivered = topic == .people ? [] : sections.filter { $0.isUndelivered && !$0.isDeliveredInPart }
    let deliveredInPart = topic == .people ? [] : sections.filter(\.isDeliveredInPart)
    let isNothing = !sections.isEmpty && undelivered.count == sections.count
    let empty = topic == .people ? 0 : sections.reduce(0) { $0 + $1.goneFields.count }
    // If a feed is not delivered, Alma loads none of its people.
    let told = topic == .people || isNothing ? sections : sections.filter { !$0.isUndelivered || $0.isDeliveredInPart }
    let people = PeopleCount(topic == .failures ? [] : told, isLoaded: !isNothing, marksNew: marksNew)

    var parts: [String] = []
    if isNothing {
      parts.append("not delivered")
    } else {
      parts += undelivered.map { "\(SectionTitle.people($0.status)) not delivered" }
      parts += deliveredInPart.map { _ in "delivered in part" }
    }
    if empty > 0 { parts.append(Phrase.counted(empty, "field has become empty", "fields have become empty")) }
    if let rejected = people.subject, !isNothing { parts.append(rejected) }
    parts += loads.parts
    subject =
      "Alma people feed" + (window.map { " \($0)" } ?? "") + ": "
      + (parts.isEmpty ? "no problems" : parts.joined(separator: ", "))

    var sentences: [String] = []
    if isNothing {
      sentences.append("Nothing was delivered to Alma.")
    } else if !undelivered.isEmpty || !deliveredInPart.isEmpty {
      sentences.append("A part of the feed was not delivered to Alma.")
    } else if let worst = loads.headline {
      sentences.append(worst)
    }
    tone = !sentences.isEmpty ? .bad : people.rejected + loads.refused + empty > 0 ? .attention : .good
    if empty > 0 {
      sentences.append(
        "\(Phrase.counted(empty, "field", "fields")) of the feed \(empty == 1 ? "has" : "have") become empty.")
    }
    if let rejected = people.sentence { sentences.append(rejected) }
    if loads.refused > 0, loads.headline == nil || topic == .people {
      let new = loads.new(marksNew).map { " (\(Phrase.number($0)) new)" } ?? ""
      sentences.append("Alma refused \(Phrase.people(loads.refused))\(new).")
    }
    headline = sentences.isEmpty ? "There is nothing to correct." : sentences.joined(separator: " ")
  }
}

/// The rejected people of all feeds.
private struct PeopleCount {
  let rejected: Int
  /// `3 not loaded, 1 new`; nil if nobody was rejected.
  let subject: String?
  /// `3 people were not loaded (1 new).`; nil if nobody was rejected.
  let sentence: String?

  /// - Parameter isLoaded: false if nothing was delivered, so that nobody was loaded.
  init(_ sections: [Section], isLoaded: Bool, marksNew: Bool) {
    rejected = sections.reduce(0) { $0 + $1.rejected.people }
    let news = sections.compactMap(\.rejected.new)
    let new = marksNew && !news.isEmpty ? Phrase.number(news.reduce(0, +)) : nil
    guard rejected > 0 else {
      (subject, sentence) = (nil, nil)
      return
    }
    subject = "\(rejected) not loaded" + (new.map { ", \($0) new" } ?? "")
    let count =
      isLoaded
      ? Phrase.counted(rejected, "person was", "people were") + " not loaded"
      : Phrase.counted(rejected, "record has", "records have") + " to be corrected"
    sentence = "\(count)\(new.map { " (\($0) new)" } ?? "")."
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
  private let loads: [Load]

  init(_ sections: [Section], _ topic: Topic) {
    loads = sections.flatMap(\.loads)
    days = loads.flatMap(\.record.deliveries).map { ($0.since, $0.until) }
    refused = topic == .failures ? 0 : loads.reduce(0) { $0 + ($1.rejected ?? 0) }
    if topic != .people { tellFailures(sections) }
    if refused > 0 { parts.append("\(refused) refused by Alma") }
  }

  private mutating func tellFailures(_ sections: [Section]) {
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
  }

  private mutating func tell(_ part: String, _ headline: String) {
    parts.append(part)
    self.headline = self.headline ?? headline
  }

  /// How many of the refused people no earlier message had; nil if that is not known.
  func new(_ marksNew: Bool) -> Int? {
    let news = marksNew ? loads.compactMap(\.new) : []
    return news.isEmpty ? nil : news.reduce(0, +)
  }
}
