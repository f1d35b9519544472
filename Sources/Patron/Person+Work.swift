import Calendar
import JSONText

/// The texts that are worked out when they are needed.
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

  /// Works out the text of a slot if that has not been done yet.
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
      case .join(let pieces): join(pieces, slot, plan)
      case .filter(let source, let steps): filter(source, steps, slot, plan)
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
  private mutating func append(_ literal: Plan.Literal, _ plan: Plan) -> JSONSlice {
    let start = textEnd
    plan.bytes.withSpan { append($0.extracting(literal.range)) }
    return JSONSlice(start: start, end: textEnd, shape: .string, claims: literal.claims)
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    reserve(bytes.count)
    let start = textEnd
    var room = text.mutableSpan
    room.copyShort(bytes, to: start)
    textEnd = start &+ bytes.count
  }

  @inline(__always)
  mutating func reserve(_ count: Int) { if textEnd &+ count &+ Self.padding > text.count { grow(count) } }

  @inline(never)
  private mutating func grow(_ count: Int) { text += repeatElement(0, count: max(text.count, count + Self.padding)) }

  /// A text with placeholders; blank if one of them is.
  private mutating func join(_ pieces: Plan.Extent, _ slot: Slot, _ plan: Plan) -> JSONSlice {
    var isWrong = false
    for index in pieces.range {
      guard case .slot(let placeholder) = plan.pieces[index] else { continue }
      let value = value(placeholder, plan)
      if value.isBlank { return .made(0, 0) }
      isWrong = isWrong || value.isWrongType
    }
    if isWrong { return JSONSlice(start: 0, end: 0, shape: .object) }
    let start = textEnd
    var claims = JSONSlice.Claims()
    for index in pieces.range {
      switch plan.pieces[index] {
      case .literal(let literal): claims.formUnion(append(literal, plan).claims)
      case .slot(let placeholder):
        let value = self[placeholder]
        claims.formUnion(value.claims)
        reserve(value.count)
        for offset in 0..<value.count { text[textEnd &+ offset] = text[value.start &+ offset] }
        textEnd &+= value.count
      }
    }
    let (first, end) = WhiteSpace.trim(text.span, start, textEnd)
    return .made(first, end, claims)
  }

  private mutating func filter(_ source: Slot, _ steps: Plan.Extent, _ slot: Slot, _ plan: Plan) -> JSONSlice {
    let value = value(source, plan, .filter)
    // What is blank stays blank, and what is no text does not become one.
    if !value.isText { return value.isBlank ? .made(0, 0) : JSONSlice(start: 0, end: 0, shape: .object) }
    loadScratch(value)
    for index in steps.range {
      let (fault, isEmpty) = applyToScratch(plan.filterSteps[index], plan)
      if let fault { return fail(fault, slot) }
      if isEmpty { return .made(0, 0) }
    }
    if isReading { recordIllegal(source, slot, plan) }
    let made = appendScratch()
    let claims = value.claims.intersection(.isMadeOfToday).union(made.claims)
    return JSONSlice(start: made.start, end: made.end, shape: .string, claims: claims)
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
