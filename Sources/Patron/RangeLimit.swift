import Calendar

/// An end of a range in a pattern, or a text that may be in it: a whole number, a day, or a day of the year.
struct RangeLimit: Comparable {
  enum Kind { case number, day, dayOfYear }

  let kind: Kind
  let value: Int

  /// Nil if the text is none of these.
  init?(_ text: String) { self.init(Array(text.utf8)) }

  /// Nil if the text is none of these.
  init?(_ text: [UInt8]) {
    if let day = Day(text.span, count: text.count) {
      (kind, value) = (.day, day.number)
    } else if let (month, day) = MonthDay.parse(String(decoding: text, as: UTF8.self)) {
      (kind, value) = (.dayOfYear, month * 100 + day)
    } else if text.count <= 18, let first = text.first, first != UInt8(ascii: "+"),
      let number = Int(String(decoding: text, as: UTF8.self))
    {
      (kind, value) = (.number, number)
    } else {
      return nil
    }
  }

  /// The day of the year of a day.
  var dayOfYear: RangeLimit? {
    guard kind == .day else { return self }
    let parts = Day(number: value).parts
    return RangeLimit(kind: .dayOfYear, value: parts.month * 100 + parts.day)
  }

  private init(kind: Kind, value: Int) {
    self.kind = kind
    self.value = value
  }

  static func < (left: RangeLimit, right: RangeLimit) -> Bool { left.value < right.value }

  /// Whether a text is in a range; one of another kind is in none. A range of days of the year may go round its end.
  static func contains(_ text: [UInt8], from: RangeLimit?, to: RangeLimit?) -> Bool {
    guard let kind = (from ?? to)?.kind, from == nil || to == nil || from?.kind == to?.kind,
      var limit = RangeLimit(text)
    else { return false }
    if kind == .dayOfYear, let day = limit.dayOfYear { limit = day }
    guard limit.kind == kind else { return false }
    let isAfterStart = from.map { $0 <= limit } ?? true
    let isBeforeEnd = to.map { limit <= $0 } ?? true
    if kind == .dayOfYear, let from, let to, to < from { return isAfterStart || isBeforeEnd }
    return isAfterStart && isBeforeEnd
  }
}
