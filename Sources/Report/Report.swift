package import Calendar
import RecordStream

/// The report on a run, before it is rendered: sentences and numbers, in the order in which they are shown.
package struct Report: Sendable {
  enum Tone: Sendable {
    case good, attention, bad
  }

  /// A count that is shown large at the top.
  struct Figure: Sendable {
    let number: Int
    let label: String
    /// Nil for a count that is neither good nor bad.
    let tone: Tone?
  }

  /// A feed, or a load.
  struct Part: Sendable {
    let title: String
    let notice: Notice
    let chapters: [Chapter]
  }

  /// The outcome of the delivery or the load.
  struct Notice: Sendable {
    let tone: Tone
    let title: String
    let sentences: [String]
    /// What to do; nil if the reader has nothing to do.
    let advice: String?
  }

  /// The people of one verdict, or fields.
  struct Chapter: Sendable {
    let title: String
    let note: String?
    var groups: [Group]
    /// People follow one another on a line, separated by semicolons, to save space.
    var isBrief = false
  }

  /// The people with one reason, or fields.
  struct Group: Sendable {
    var reason: ReasonText
    let count: Int
    /// `2 people`.
    let size: String
    /// The field and the other person, if they are the same for the whole group.
    var field: String?
    let people: [Item]
    /// How many people are not listed.
    var rest = 0

    /// The people, and how many are not listed.
    var all: [Item] { people + (rest > 0 ? [Item(name: "and \(Phrase.number(rest)) more")] : []) }
  }

  /// A line of a list: a person, or a field.
  struct Item: Sendable {
    let name: String
    /// The person is in no earlier message with this reason.
    var isNew = false
  }

  /// One line for the subject of a message: dates and counts.
  package let subject: String
  private(set) var headline: String
  let tone: Tone
  let figures: [Figure]
  let parts: [Part]
  let footer: [String]

  /// - Parameters:
  ///   - sections: the feeds, in the order in which they are shown.
  ///   - topic: what the report is about.
  ///   - marksNew: false for a report that does not depend on earlier messages.
  ///   - closing: the last lines of the footer.
  package init(
    _ sections: [Section], about topic: Topic = .everything, marksNew: Bool = true, closing: [String] = []
  ) {
    let subject = SubjectText(sections, topic, marksNew: marksNew)
    self.subject = subject.subject
    headline = subject.headline
    tone = subject.tone
    figures = Self.figures(of: sections, topic)
    parts = sections.flatMap { Part.all(of: $0, topic, marksNew: marksNew) }
    let named = topic == .failures ? nil : sections.first(where: \.hasPeople)?.words
    let names = named.map { ["People are named as \($0.userName) (\($0.id))."] } ?? []
    footer = sections.compactMap(Self.footer) + closing + names
  }

  /// The same report, with a headline that says since when it has been the same.
  /// - Parameter first: when it was first sent; nil if that is not known.
  package func repeated(since first: Instant?, at now: Instant) -> Report {
    var report = self
    if let first {
      let days = now.day.number - first.day.number
      report.headline +=
        " First reported on \(first.day)\(days > 0 ? ", \(Phrase.counted(days, "day", "days")) ago" : "")."
    }
    return report
  }

  private static func figures(of sections: [Section], _ topic: Topic) -> [Figure] {
    let sum = { (count: (Section) -> Int) in sections.reduce(0) { $0 + count($1) } }
    let loads = sections.flatMap(\.loads)
    let refused = sum { $0.loads.reduce(0) { $0 + ($1.rejected ?? 0) } }
    let refusal = Figure(number: refused, label: "refused by Alma", tone: refused > 0 ? .attention : nil)
    let sections = sections.filter { !$0.isOfLoads }
    if sections.isEmpty { return figures(of: loads, refusal) }
    var figures: [Figure] = []
    let isUndelivered = sections.contains(where: \.isUndelivered)
    if sections.contains(where: { !$0.deliveries.isEmpty || !$0.isComplete }) {
      figures.append(
        Figure(number: sum(\.deliveries.users), label: "delivered", tone: isUndelivered ? .bad : .good))
    } else if sections.contains(where: { $0.accepted != nil }) {
      figures.append(Figure(number: sum { $0.accepted ?? 0 }, label: "accepted", tone: nil))
    }
    if topic == .failures { return figures + (refused > 0 ? [refusal] : []) }
    let rejected = sum(\.rejected.people)
    let warned = sum(\.warned.people)
    return figures + [
      Figure(number: rejected, label: "to be corrected", tone: rejected > 0 ? .attention : nil),
      Figure(number: sum(\.excluded.people), label: "left out by policy", tone: nil),
      Figure(number: warned, label: warned == 1 ? "warning" : "warnings", tone: nil),
    ] + (refused > 0 ? [refusal] : [])
  }

  /// The counts of loads alone. One that is not known for each load that has ended is left out.
  private static func figures(of loads: [Load], _ refusal: Figure) -> [Figure] {
    let ended = loads.filter { $0.record.outcome == .loaded }.map(\.record.counts)
    let counts: [(RecordField, String)] = [(.created, "created"), (.updated, "updated"), (.unchanged, "unchanged")]
    let figures = counts.compactMap { field, label -> Figure? in
      let numbers = ended.compactMap { $0[field] }
      guard !numbers.isEmpty, numbers.count == ended.count else { return nil }
      return Figure(number: numbers.reduce(0, +), label: label, tone: nil)
    }
    return figures + (loads.contains { $0.rejected != nil } ? [refusal] : [])
  }

  /// `Eligible people: changes from 2026-11-21 to 2026-11-22, fetched at 2026-11-22 00:45 UTC.`; nil if the stream does
  /// not say.
  private static func footer(of section: Section) -> String? {
    guard !section.isOfLoads, let feed = section.feed else { return nil }
    var facts: [String] = []
    if let since = feed.since, let until = feed.until { facts.append("changes from \(since) to \(until)") }
    if let started = feed.started { facts.append("fetched at \(Phrase.time(started))") }
    if facts.isEmpty { return nil }
    return "\(SectionTitle.capitalizedPeople(section.status)): \(facts.joined(separator: ", "))."
  }
}
