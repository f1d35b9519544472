public import Calendar

/// The days that are owed today for one status, according to the ledger.
///
/// Every day from the first window to yesterday is owed until a delivery covers it, whether it was requested or not.
/// The days of each window are owed until a later delivery settles them. patron-stream(5) has the definitions.
public struct OwedDays: Equatable, Sendable {
  /// The owed days, as half-open ranges in ascending order that do not overlap.
  public let ranges: [Range<Day>]
  /// The end of the last window that was delivered or waived; nil if there is none.
  public let settledUntil: Day?
  /// The day of the last full feed that was delivered; nil if there is none.
  public let fullOn: Day?
  /// The latest day in a record that is after today, or was written after now; nil if there is none.
  public let future: Day?

  /// - Parameters:
  ///   - now: the time of the run.
  ///   - day: the day, in the API store's time zone, of an instant.
  public init(in ledger: Ledger, status: String?, now: Instant, day: (Instant) -> Day) {
    let today = day(now)
    var events: [Event] = []
    var future: Day?
    for entry in ledger.entries where entry.status == status {
      let event = Event(entry, day: day)
      let last = event.latest(day: day)
      if last > today || event.time > now {
        future = max(last, future ?? last)
      }
      events.append(event)
    }
    self.future = future

    let covering = events.enumerated().filter { $1.isSettling && $1.time <= now }
    settledUntil = covering.compactMap { $1.end(at: today) }.max()
    fullOn = covering.filter { $1.isFull }.map { min(day($1.time), today) }.max()
    var owed = RangeSet<Int>()
    let firstWindow = events.firstIndex { !$0.isSettling }
    // Early versions wrote no windows: days before its last delivery are settled, and days after it are owed.
    let settledBefore = covering.prefix { $0.offset < firstWindow ?? events.count }.compactMap {
      $1.end(at: today)?.number
    }.max()
    if let first = [firstWindow.map { events[$0].days.lowerBound }, settledBefore].compactMap(\.self).min(),
      first < today.number
    {
      owed.insert(contentsOf: first..<today.number)
    }
    for (_, event) in covering { owed.remove(contentsOf: event.days) }
    for (index, event) in events.enumerated() where !event.isSettling {
      guard event.time <= now else { continue }
      var request = RangeSet<Int>()
      request.insert(contentsOf: event.days.clamped(to: Int.min..<max(today.number, Int.min + 1)))
      for (position, later) in covering where position > index && later.time >= event.time {
        request.remove(contentsOf: later.days)
        // Usually the next delivery settles the window.
        if request.isEmpty { break }
      }
      owed.formUnion(request)
    }
    ranges = owed.ranges.map { Day(number: $0.lowerBound)..<Day(number: $0.upperBound) }
  }
}

/// A record of the ledger, as the days that it requests or settles.
private struct Event {
  /// The days by their numbers. A full feed covers all days before its end.
  let days: Range<Int>
  let time: Instant
  /// Whether the record settles its days; otherwise it requests them.
  let isSettling: Bool
  /// Whether this is the delivery of a full feed.
  var isFull: Bool { isSettling && days.lowerBound == .min }
  private let until: Day?

  init(_ entry: Ledger.Entry, day: (Instant) -> Day) {
    switch entry {
    case .window(let window):
      days = window.since.number..<window.until.number
      time = window.at
      isSettling = window.isWaived
      until = window.until
    case .delivery(let delivery):
      // A record without a time was written by hand. It covers its window, and settles no window that has a time.
      time = delivery.fetched ?? Instant(seconds: 0)
      isSettling = true
      until = delivery.until
      // A day that was not over when the people were fetched is not covered.
      let over = delivery.fetched.map { day($0).number } ?? delivery.until?.number ?? 0
      switch (delivery.since, delivery.until) {
      case _ where !delivery.coversDays: days = 0..<0
      case (nil, nil): days = Int.min..<over
      case (let since?, let until?): days = since.number..<max(since.number, min(until.number, over))
      default: days = 0..<0
      }
    }
  }

  /// The end of its window, at most today; nil if the record settles no day.
  func end(at today: Day) -> Day? {
    guard isSettling, !days.isEmpty else { return nil }
    if let until, until <= today { return until }
    return Day(number: min(days.upperBound, today.number))
  }

  func latest(day: (Instant) -> Day) -> Day { max(until ?? day(time), day(time)) }
}

extension Ledger.Entry {
  fileprivate var status: String? {
    switch self {
    case .window(let record): record.status
    case .delivery(let record): record.status
    }
  }
}
