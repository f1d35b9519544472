import Calendar
import JSONText

extension JSONSlice.Claims {
  /// The text is made of the day of the feed.
  static var isMadeOfToday: JSONSlice.Claims { JSONSlice.Claims(rawValue: 1 << 4) }
  /// The text of a field has a character that XML forbids, or had a lone surrogate.
  static var isIllegal: JSONSlice.Claims { JSONSlice.Claims(rawValue: 1 << 5) }
}

/// The texts that are worked out when they are asked for.
extension Person {
  /// The value of a slot. A field that is read is recorded if a recording is on.
  @inline(__always)
  mutating func value(_ slot: Slot, _ plan: Plan, _ use: Reading.Use = .text) -> JSONSlice {
    if slot.index >= readyCount { prepare(slot, plan, use) }
    return self[slot]
  }

  /// Works out the text of a slot, or records that a field is read.
  @inline(never)
  private mutating func prepare(_ slot: Slot, _ plan: Plan, _ use: Reading.Use) {
    if slot.index > plan.fieldCount { workOut(slot, plan) } else { reading?.take(slot, use) }
  }

  /// Works out the text of a slot if it has not been asked for yet.
  @inline(__always)
  mutating func workOut(_ slot: Slot, _ plan: Plan) {
    if self[slot].shape == .absent { make(slot, plan) }
  }

  @inline(never)
  private mutating func make(_ slot: Slot, _ plan: Plan) {
    let work = plan.steps[slot.index &- plan.fieldCount &- 1]
    if case .choose(let extent) = work { choose(extent, for: slot, plan) } else { make(work, slot, plan) }
  }

  @inline(never)
  private mutating func make(_ work: Plan.Work, _ slot: Slot, _ plan: Plan) {
    self[slot] =
      switch work {
      case .literal(let literal): append(literal, plan)
      case .fault(let rule): fail(rule, slot)
      case .join(let join): self.join(plan.base.joins[join], slot, plan)
      case .filter(let source, let chain): filter(source, plan.base.chains[chain], slot, plan)
      case .extreme(let extent, let isLatest): extreme(extent, isLatest: isLatest, slot, plan)
      case .blank, .choose: JSONSlice.made(0, 0)
      }
  }

  /// The value of a text that cannot be made: neither blank nor text.
  private mutating func fail(_ rule: Rule, _ slot: Slot) -> JSONSlice {
    findings.hasFault = true
    reading?.faults.append(Reading.Fault(rule: rule, slot: slot))
    return JSONSlice(start: 0, end: 0, shape: .object)
  }

  /// Gives a slot the first option that holds and is not blank.
  private mutating func choose(_ extent: Plan.Extent, for slot: Slot, _ plan: Plan) {
    var index = Int(extent.first)
    let end = index &+ Int(extent.count)
    while index < end {
      let option = plan.options[index]
      index &+= 1
      if !holds(option.term, plan) { continue }
      switch option.made {
      case .blank: continue
      case .literal(let literal): return self[slot] = append(literal, plan)
      case .slot(let source): if !value(source, plan).isBlank { return self[slot] = self[source] }
      }
    }
    self[slot] = .made(0, 0)
  }

  /// Copies a literal behind the texts made so far.
  @inline(never)
  private mutating func append(_ literal: Plan.Literal, _ plan: Plan) -> JSONSlice {
    let start = textEnd
    append(plan.bytes, Int(literal.start), Int(literal.start &+ literal.count))
    return JSONSlice(start: start, end: textEnd, shape: .string, claims: literal.claims)
  }

  private mutating func append(_ bytes: [UInt8], _ start: Int, _ end: Int) {
    reserve(end &- start)
    let place = textEnd
    var room = text.mutableSpan
    room.copy(bytes.span.extracting(start..<end), to: place)
    textEnd = place &+ end &- start
  }

  private mutating func reserve(_ count: Int) {
    if textEnd &+ count &+ Self.padding > text.count {
      text += repeatElement(0, count: max(text.count, count + Self.padding))
    }
  }

  /// The text from an offset on, trimmed, as a value.
  private func trimmed(from start: Int, _ claims: JSONSlice.Claims) -> JSONSlice {
    let (start, end) = WhiteSpace.trim(text.span, start, textEnd)
    return .made(start, end, claims)
  }

  /// A text with holes; blank if one of them is.
  private mutating func join(_ pieces: [Plan.Piece], _ slot: Slot, _ plan: Plan) -> JSONSlice {
    var isWrong = false
    for case .slot(let hole) in pieces {
      let value = value(hole, plan)
      if value.isBlank { return .made(0, 0) }
      isWrong = isWrong || value.isWrongType
    }
    if isWrong { return JSONSlice(start: 0, end: 0, shape: .object) }
    let start = textEnd
    var claims = JSONSlice.Claims()
    for piece in pieces {
      switch piece {
      case .literal(let literal): claims.formUnion(append(literal, plan).claims)
      case .slot(let hole):
        let value = self[hole]
        claims.formUnion(value.claims)
        reserve(value.count)
        for offset in 0..<value.count { text[textEnd &+ offset] = text[value.start &+ offset] }
        textEnd &+= value.count
      }
    }
    return trimmed(from: start, claims)
  }

  private mutating func filter(_ source: Slot, _ steps: [TextStep], _ slot: Slot, _ plan: Plan) -> JSONSlice {
    let value = value(source, plan, .filter)
    // What is blank stays blank, and what is no text does not become one.
    if !value.isText { return value.isBlank ? .made(0, 0) : JSONSlice(start: 0, end: 0, shape: .object) }
    scratch.load(text, value.start, value.end)
    for step in steps {
      if let fault = scratch.apply(step) { return fail(fault, slot) }
      if scratch.text.isEmpty { return .made(0, 0) }
    }
    if isReading { recordIllegal(source, slot, plan) }
    let start = textEnd
    let made = scratch.text
    append(made, 0, made.count)
    var claims: JSONSlice.Claims = made.contains { $0 >= 0x80 } ? .isBeyondASCII : []
    if value.claims.contains(.isMadeOfToday) { claims.insert(.isMadeOfToday) }
    return JSONSlice(start: start, end: textEnd, shape: .string, claims: claims)
  }

  /// The last or first day of some options.
  private mutating func extreme(
    _ extent: Plan.Extent, isLatest: Bool, _ slot: Slot, _ plan: Plan
  ) -> JSONSlice {
    var found: JSONSlice?
    var foundDay = 0
    var isWrong = false
    for index in extent.range {
      let value: JSONSlice
      var source = slot
      switch plan.options[index].made {
      case .blank: continue
      case .literal(let literal): value = append(literal, plan)
      case .slot(let option):
        source = option
        value = self.value(option, plan)
      }
      if value.isBlank { continue }
      if value.isWrongType {
        isWrong = true
      } else if let day = day(value) {
        if found == nil || (isLatest ? day.number > foundDay : day.number < foundDay) {
          (found, foundDay) = (value, day.number)
        }
      } else {
        isWrong = true
        _ = fail(.invalidDate, source)
      }
    }
    return isWrong ? JSONSlice(start: 0, end: 0, shape: .object) : found ?? .made(0, 0)
  }

  /// The rule of the first text that could not be made; nil if there is none.
  var firstFault: Rule? { findings.hasFault ? reading?.faults.first?.rule ?? .invalidDate : nil }
}

extension JSONSlice {
  /// A text that was made; blank if it is empty.
  static func made(_ start: Int, _ end: Int, _ claims: Claims = []) -> JSONSlice {
    JSONSlice(start: start, end: end, shape: start == end ? .blank : .string, claims: claims)
  }
}
