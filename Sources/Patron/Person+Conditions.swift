import JSONText

/// The conditions of the plan.
extension Person {
  /// Makes the plain tests.
  mutating func makePlainTests(_ plan: Plan) {
    var bits: UInt64 = 0
    let fields = plan.plainTests
    let codes = plan.plainCodes
    for index in 0..<fields.count {
      let tests = fields[index]
      let value = self[tests.slot]
      if value.isBlank {
        bits |= tests.blank
      } else if value.isText {
        bits |= passing(value, tests, codes)
      }
      // A value that is neither blank nor text passes no test, not even a negated one.
    }
    plainAnswers = bits
  }

  @inline(__always)
  private func passing(_ value: JSONSlice, _ tests: Plan.PlainTests, _ codes: FixedList<Plan.PlainCode>) -> UInt64 {
    if tests.codes.count == 0 || value.count > 7 { return tests.other }
    let code = shortCode(ofText: value)
    var place = Plan.PlainCode.place(of: code)
    while true {
      let candidate = codes[Int(tests.codes.first) &+ place & (Int(tests.codes.count) &- 1)]
      if candidate.code == code { return candidate.passing }
      if candidate.code == Plan.PlainCode.none.code { return tests.other }
      place &+= 1
    }
  }

  /// Whether a condition or its negation holds.
  @inline(__always)
  mutating func holds(_ term: Plan.Term, _ plan: Plan) -> Bool {
    if term.isPlain, !isReading { return plainAnswers & term.mask == term.wanted }
    return term.condition < 0 || holds(Int(term.condition), plan) != term.isNegated
  }

  /// Whether a condition holds. It is evaluated once for each person, and reads everything that it names, so that all
  /// of it is recorded.
  @inline(never)
  private mutating func holds(_ condition: Int, _ plan: Plan) -> Bool {
    if let known = answer(condition) { return known }
    var index = plan.conditions[condition]
    var result = false
    var isFulfilled = true
    while true {
      let test = plan.tests[index]
      isFulfilled = passes(test, plan) && isFulfilled
      if test.isLast {
        result = result || isFulfilled
        if test.endsCondition { break }
        isFulfilled = true
      }
      index &+= 1
    }
    setAnswer(condition, result)
    return result
  }

  private mutating func passes(_ test: Plan.Test, _ plan: Plan) -> Bool {
    if test.kind == .decision { return decide(test.extent, plan) }
    let value = value(test.slot, plan, .test)
    var isWrong = value.isWrongType
    if test.kind == .patterns {
      for index in test.extent.range { isWrong = hasWrongHole(plan.patterns[index], plan) || isWrong }
    }
    // A test of a value that is neither blank nor text does not pass, not even a negated one.
    if isWrong { return false }
    if value.isBlank { return test.passesBlank }
    switch test.kind {
    case .text: return !test.isNegated
    case .codes: return hasCode(value, test.extent, plan) != test.isNegated
    default:
      for index in test.extent.range where fits(value, plan.patterns[index], plan) { return !test.isNegated }
      return test.isNegated
    }
  }

  private func hasCode(_ value: JSONSlice, _ extent: Plan.Extent, _ plan: Plan) -> Bool {
    guard let code = shortCode(value) else { return false }
    for index in extent.range where plan.codes[index] == code { return true }
    return false
  }

  private mutating func decide(_ extent: Plan.Extent, _ plan: Plan) -> Bool {
    for index in extent.range {
      let decision = plan.decisions[index]
      if holds(decision.term, plan) { return decision.result }
    }
    return false
  }

  /// Whether a placeholder of a pattern is neither blank nor text. All placeholders are looked at.
  private mutating func hasWrongHole(_ pattern: Plan.PatternStep, _ plan: Plan) -> Bool {
    var isWrong = false
    switch pattern {
    case .signs(let signs):
      for index in signs.range {
        if case .slot(let slot) = plan.signs[index] { isWrong = value(slot, plan, .test).isWrongType || isWrong }
      }
    case .range(let from, let to):
      if case .slot(let slot)? = from { isWrong = value(slot, plan, .test).isWrongType }
      if case .slot(let slot)? = to { isWrong = value(slot, plan, .test).isWrongType || isWrong }
    }
    return isWrong
  }

  private func fits(_ value: JSONSlice, _ pattern: Plan.PatternStep, _ plan: Plan) -> Bool {
    switch pattern {
    case .range(let from, let to):
      let limits = [from, to].map { end in end.flatMap { RangeLimit(bytes(of: $0, plan)) } }
      // An end that is neither a number nor a day, or is blank, makes a range that contains nothing.
      if from != nil && limits[0] == nil || to != nil && limits[1] == nil { return false }
      return RangeLimit.contains(Array(text[value.start..<value.end]), from: limits[0], to: limits[1])
    case .signs(let signs):
      // A placeholder that is blank fits nothing.
      for index in signs.range {
        if case .slot(let slot) = plan.signs[index], !self[slot].isText { return false }
      }
      return withTexts { text, values in
        plan.signs.withSpan { steps in
          plan.bytes.withSpan { literals in
            PatternMatch.fits(text, value.start..<value.end, values, steps.extracting(signs.range), literals)
          }
        }
      }
    }
  }

  private func bytes(of made: Plan.Made, _ plan: Plan) -> [UInt8] {
    switch made {
    case .blank: []
    case .literal(let literal): literal.range.map { plan.bytes[$0] }
    case .slot(let slot): self[slot].isText ? Array(bytes(slot)) : []
    }
  }
}

/// Compares a text with the signs of a pattern.
enum PatternMatch {
  /// Whether a range of a text fits.
  /// - Parameters:
  ///   - values: the places of the placeholders' texts in the same bytes.
  ///   - literals: the bytes that literals name by range.
  static func fits(
    _ text: Span<UInt8>, _ range: Range<Int>, _ values: Span<JSONSlice>, _ signs: Span<Plan.SignStep>,
    _ literals: Span<UInt8>
  ) -> Bool {
    let end = range.upperBound
    var sign = 0
    var offset = range.lowerBound
    /// Where to go on if the rest does not fit: behind the last `*`, one character later.
    var retry: (sign: Int, offset: Int)?
    while true {
      if sign == signs.count {
        if offset == end { return true }
      } else if case .any = signs[sign] {
        retry = (sign + 1, offset)
        sign += 1
        continue
      } else if let next = passing(signs[sign], text, offset, end, values, literals) {
        sign += 1
        offset = next
        continue
      }
      guard let (retrySign, retryOffset) = retry, retryOffset < end else { return false }
      let next = retryOffset + length(text, at: retryOffset, end)
      retry = (retrySign, next)
      (sign, offset) = (retrySign, next)
    }
  }

  /// The offset behind what a sign other than `*` fits, or nil.
  private static func passing(
    _ sign: Plan.SignStep, _ text: Span<UInt8>, _ offset: Int, _ end: Int, _ values: Span<JSONSlice>,
    _ literals: Span<UInt8>
  ) -> Int? {
    switch sign {
    case .literal(let literal): return passing(literals, literal.range, text, offset, end)
    case .slot(let slot): return passing(text, values[slot.index].start..<values[slot.index].end, text, offset, end)
    case .digit: return offset < end && text[offset] &- UInt8(ascii: "0") < 10 ? offset + 1 : nil
    case .character, .any: return offset < end ? offset + length(text, at: offset, end) : nil
    }
  }

  /// The offset behind a part of another text, or nil.
  private static func passing(
    _ other: Span<UInt8>, _ part: Range<Int>, _ text: Span<UInt8>, _ offset: Int, _ end: Int
  ) -> Int? {
    guard end - offset >= part.count else { return nil }
    for index in 0..<part.count where text[offset &+ index] != other[part.lowerBound &+ index] { return nil }
    return offset + part.count
  }

  /// The length of the character at an offset of UTF-8.
  private static func length(_ text: Span<UInt8>, at offset: Int, _ end: Int) -> Int {
    var next = offset + 1
    while next < end, text[next] & 0xC0 == 0x80 { next += 1 }
    return next - offset
  }
}

extension Pattern {
  /// Whether a text that is not blank fits a pattern without placeholders.
  func fits(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .blank: return false
    case .range(let from, let to):
      return RangeLimit.contains(
        bytes, from: from?.constant.flatMap(RangeLimit.init), to: to?.constant.flatMap(RangeLimit.init))
    case .signs(let signs):
      var literals: [UInt8] = []
      let steps = signs.map { sign -> Plan.SignStep in
        switch sign {
        case .text(let text): .literal(Plan.Literal(Array(text.utf8), to: &literals))
        case .any, .placeholder: .any
        case .character: .character
        case .digit: .digit
        }
      }
      let values: [JSONSlice] = []
      return PatternMatch.fits(bytes.span, 0..<bytes.count, values.span, steps.span, literals.span)
    }
  }
}
