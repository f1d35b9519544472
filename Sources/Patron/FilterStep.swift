/// A filter of a placeholder, ready to be applied: a plain value, which names texts and tables by their places in the
/// plan.
enum FilterStep: BitwiseCopyable, Sendable {
  case upper, lower
  case left(Int), right(Int), skip(Int)
  case before(Plan.Literal), after(Plan.Literal)
  case replace(Plan.Literal, with: Plan.Literal)
  case digits
  case pad(Int), unpad
  /// The number of `#` in the shape.
  case shape(Plan.Literal, places: Int)
  /// Among the plan's literals.
  case not(Plan.Extent)
  /// The rows, and the text of all other codes.
  case table(Plan.Extent, others: Plan.Literal?)
  /// Among the plan's patterns of days.
  case date(Plan.Extent)
  case shift(Int, DayUnit)
  case next(month: Int, day: Int)
  /// `true` and `false` only.
  case flag
}

/// A row of a table.
///
/// The rows are a hash table: its size is a power of two, and a row is at the place that the hash of its code gives, or
/// behind it, before the next empty place.
struct TableRow: BitwiseCopyable, Sendable {
  /// Nil in an empty place.
  let row: (code: Plan.Literal, text: Plan.Literal)?

  /// The hash table of some rows, at most half full.
  static func table(_ rows: [(code: Plan.Literal, text: Plan.Literal)], _ bytes: [UInt8]) -> [TableRow] {
    var size = 2
    while size < rows.count * 2 { size *= 2 }
    var table = Array(repeating: TableRow(row: nil), count: size)
    for row in rows {
      var place = hash(bytes.span, row.code.range) & (size - 1)
      while table[place].row != nil { place = (place + 1) & (size - 1) }
      table[place] = TableRow(row: row)
    }
    return table
  }

  /// The hash of a code: FNV-1a.
  @inline(__always)
  static func hash(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash &>> 32)
  }
}

extension PlanBuilder {
  /// The steps of a placeholder's filters, as a range of the plan's list.
  mutating func steps(of filters: [Filter]) -> Plan.Extent {
    var steps: [FilterStep] = []
    for filter in filters { steps.append(step(filter)) }
    return add(steps)
  }

  mutating func add(_ steps: [FilterStep]) -> Plan.Extent {
    base.filterSteps += steps
    return Plan.Extent(base.filterSteps.count - steps.count, steps.count)
  }

  private mutating func step(_ filter: Filter) -> FilterStep {
    switch filter {
    case .upper: return .upper
    case .lower: return .lower
    case .left(let count): return .left(count)
    case .right(let count): return .right(count)
    case .skip(let count): return .skip(count)
    case .before(let text): return .before(literal(text))
    case .after(let text): return .after(literal(text))
    case .replace(let old, let new): return .replace(literal(old), with: literal(new))
    case .digits: return .digits
    case .pad(let count): return .pad(count)
    case .unpad: return .unpad
    case .shape(let shape):
      let text = String(String.UnicodeScalarView(shape))
      return .shape(literal(Array(text.utf8)), places: shape.count { $0 == "#" })
    case .not(let texts):
      for text in texts {
        let text = literal(text)
        base.literals.append(text)
      }
      return .not(Plan.Extent(base.literals.count - texts.count, texts.count))
    case .table(let name): return table(name)
    case .date(let patterns):
      for pattern in patterns {
        base.daySigns += pattern.signs
        base.dayPatterns.append(Plan.Extent(base.daySigns.count - pattern.signs.count, pattern.signs.count))
      }
      return .date(Plan.Extent(base.dayPatterns.count - patterns.count, patterns.count))
    case .shift(let count, let unit): return .shift(count, unit)
    case .next(let month, let day): return .next(month: month, day: day)
    }
  }

  private mutating func literal(_ text: [UInt8]) -> Plan.Literal { Plan.Literal(text, to: &bytes) }

  private mutating func table(_ name: String) -> FilterStep {
    if let known = tables[name] { return known }
    let table = profile.tables[name] ?? Profile.Table(rows: [:], others: "")
    var rows: [(code: Plan.Literal, text: Plan.Literal)] = []
    for (code, text) in table.rows.sorted(by: { $0.key < $1.key }) {
      rows.append((literal(Array(code.utf8)), literal(Array(text.utf8))))
    }
    let places = TableRow.table(rows, bytes)
    base.tableRows += places
    var others: Plan.Literal?
    if let text = table.others { others = literal(Array(text.utf8)) }
    let step = FilterStep.table(Plan.Extent(base.tableRows.count - places.count, places.count), others: others)
    tables[name] = step
    return step
  }
}
