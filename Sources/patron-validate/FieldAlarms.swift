import Patron
import RecordStream

/// Watches which fields of the profile the people of a feed have, and compares them with earlier feeds.
struct FieldAlarms {
  private let plan: Plan
  /// The earlier feeds, of any status, oldest first.
  private let earlier: [FieldsRecord]
  private var use: FieldUse

  /// A feed with fewer people says nothing about its fields.
  private static let minPeople = 20
  /// How many earlier feeds are compared, and how many of them must have had a field.
  private static let maxFeeds = 14
  private static let minFeeds = 3

  init(_ plan: Plan, _ ledger: Ledger) {
    self.plan = plan
    earlier = ledger.fields
    use = FieldUse(plan)
  }

  mutating func take(_ person: borrowing Person) { use.take(person) }

  /// The alarms of the feed, and the record of its fields, which later feeds are compared with.
  func records(_ feed: FeedRecord?, people: Int) -> (alarms: [FieldRecord], fields: FieldsRecord?) {
    if people == 0 { return ([], nil) }
    let fields = FieldsRecord(status: feed?.status, until: feed?.until, people: people, filled: use.filled(plan))
    guard people >= Self.minPeople else { return ([], fields) }
    var alarms = use.missing.map { alarm(.missing, $0, people) }
    let before = earlier.filter { $0.status == feed?.status && $0.people >= Self.minPeople }.suffix(Self.maxFeeds)
    for field in use.empty {
      let feeds = before.filter { $0.filled.contains(plan.name(of: field)) }
      if feeds.count >= Self.minFeeds { alarms.append(alarm(.gone(lastSeen: feeds.last?.until), field, people)) }
    }
    return (alarms.filter { !plan.isOptional($0.field) }, fields)
  }

  private func alarm(_ alarm: FieldRecord.Alarm, _ field: Slot, _ people: Int) -> FieldRecord {
    FieldRecord(alarm: alarm, field: plan.name(of: field), elements: plan.elements(of: field), people: people)
  }
}
