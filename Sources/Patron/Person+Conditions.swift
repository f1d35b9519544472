import JSONText

/// Conditions.
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
      // A value that is neither blank nor text passes no test, a negated one neither.
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

  /// Whether a condition holds. It is asked once for each person, and then looks at all that it names.
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
      for index in test.extent.range {
        for slot in plan.base.patterns[index].slots { isWrong = self.value(slot, plan, .test).isWrongType || isWrong }
      }
    }
    // A test of a value that is neither blank nor text does not pass, a negated one neither.
    if isWrong { return false }
    if value.isBlank { return test.passesBlank }
    switch test.kind {
    case .text: return !test.isNegated
    case .codes: return hasCode(value, test.extent, plan) != test.isNegated
    default: return test.extent.range.contains { fits(value, plan.base.patterns[$0], plan) } != test.isNegated
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

  private func fits(_ value: JSONSlice, _ pattern: Plan.PatternStep, _ plan: Plan) -> Bool {
    // A hole that is blank fits nothing.
    if pattern.slots.contains(where: { !self[$0].isText }) { return false }
    switch pattern {
    case .range(let from, let to):
      let limits = [from, to].map { end in end.flatMap { RangeLimit(bytes(of: $0, plan)) } }
      // An end that is neither a number nor a day makes a range that contains nothing.
      if from != nil && limits[0] == nil || to != nil && limits[1] == nil { return false }
      return RangeLimit.contains(Array(text[value.start..<value.end]), from: limits[0], to: limits[1])
    case .signs(let signs):
      return PatternMatch.fits(text.span, value.start, value.end, signs) { self[$0].start..<self[$0].end }
    }
  }

  private func bytes(of made: Plan.Made, _ plan: Plan) -> [UInt8] {
    switch made {
    case .blank: []
    case .literal(let literal): Array(plan.bytes[Int(literal.start)..<Int(literal.start + literal.count)])
    case .slot(let slot): Array(bytes(slot))
    }
  }
}

/// Compares a text with the signs of a pattern.
enum PatternMatch {
  /// Whether a range of a text fits.
  /// - Parameter hole: the range of a hole's text in the same bytes.
  static func fits(
    _ text: Span<UInt8>, _ start: Int, _ end: Int, _ signs: [Plan.SignStep], hole: (Slot) -> Range<Int>
  ) -> Bool {
    var sign = 0
    var offset = start
    /// Where to go on if the rest does not fit: behind the last `*`, one character later.
    var retry: (sign: Int, offset: Int)?
    while true {
      if sign == signs.count {
        if offset == end { return true }
      } else if case .any = signs[sign] {
        retry = (sign + 1, offset)
        sign += 1
        continue
      } else if let next = passing(signs[sign], text, offset, end, hole) {
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
    _ sign: Plan.SignStep, _ text: Span<UInt8>, _ offset: Int, _ end: Int, _ hole: (Slot) -> Range<Int>
  ) -> Int? {
    switch sign {
    case .literal(let literal):
      guard end - offset >= literal.count else { return nil }
      for index in literal.indices where text[offset + index] != literal[index] { return nil }
      return offset + literal.count
    case .slot(let slot):
      let range = hole(slot)
      guard end - offset >= range.count else { return nil }
      for index in 0..<range.count where text[offset + index] != text[range.lowerBound + index] { return nil }
      return offset + range.count
    case .digit:
      guard offset < end, text[offset] >= 0x30, text[offset] <= 0x39 else { return nil }
      return offset + 1
    case .character, .any: return offset < end ? offset + length(text, at: offset, end) : nil
    }
  }

  /// The length of the character at an offset of UTF-8.
  private static func length(_ text: Span<UInt8>, at offset: Int, _ end: Int) -> Int {
    var next = offset + 1
    while next < end, text[next] & 0xC0 == 0x80 { next += 1 }
    return next - offset
  }
}

extension Pattern {
  /// Whether a text that is not blank fits a pattern without holes.
  func fits(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    switch self {
    case .blank: return false
    case .range(let from, let to):
      return RangeLimit.contains(
        bytes, from: from?.constant.flatMap(RangeLimit.init), to: to?.constant.flatMap(RangeLimit.init))
    case .signs(let signs):
      let steps = signs.map { sign -> Plan.SignStep in
        switch sign {
        case .text(let text): .literal(Array(text.utf8))
        case .any, .hole: .any
        case .character: .character
        case .digit: .digit
        }
      }
      return PatternMatch.fits(bytes.span, 0, bytes.count, steps) { _ in 0..<0 }
    }
  }
}
