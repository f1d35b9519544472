import Calendar
public import JSONText

/// A person of the feed: the text of each field that the profile uses, trimmed and without escapes, and the texts that
/// are worked out from these when they are first needed.
///
/// It owns its bytes. A reader fills one value again and again, so that it does not allocate for each person. All
/// access to the memory of its slots is in this type.
@safe
// Public, as is what is inlinable in it, because the compiler inlines only public functions of another module.
public struct Person: ~Copyable {
  /// What the reader found in any field, whether the mapping reads it for this person or not. Most people have no
  /// findings, so the rules need not look at each field.
  struct Findings {
    var hasWrongType = false
    /// Whether a text that the mapping has asked for cannot be made.
    var hasFault = false
    /// The fields with a character that XML 1.0 forbids or with a lone surrogate.
    var illegalFields: [Slot] = []
  }

  /// The line, then the texts that had escapes in the line, then the texts worked out, then unused bytes.
  @usableFromInline var text: [UInt8] = []
  /// The position in `text` of each field, of `kind`, and of each text that is worked out; absent until it is needed.
  @usableFromInline let slots: UnsafeMutablePointer<JSONSlice>
  /// The number of slots.
  @usableFromInline let slotCount: Int
  /// For each condition twice the number of the person for whom it was evaluated last, plus 1 if it held.
  private let conditions: UnsafeMutablePointer<UInt64>
  private let conditionCount: Int
  /// The answers of the plain tests, a bit each.
  var plainAnswers: UInt64 = 0
  var findings = Findings()
  /// The offset of the unused bytes of `text`.
  var textEnd = 0
  /// The number of the person, from 1.
  var number: UInt64 = 0
  /// Where filters work. In memory of its own, because it changes while the texts are read.
  private let scratchMemory: UnsafeMutablePointer<TextScratch>
  /// Whether what is read is recorded, and the record.
  private(set) var isReading = false
  var reading: Reading?
  /// The number of slots, from the first one, whose values are read without further work: all fields, or none while
  /// what is read is recorded.
  private(set) var readyCount = 0
  private let fieldCount: Int

  init(_ plan: Plan) {
    slotCount = plan.slotCount
    fieldCount = plan.fieldCount
    readyCount = fieldCount
    // `lengthBits` needs the alignment.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: slotCount * MemoryLayout<JSONSlice>.stride, alignment: 16)
    unsafe slots = memory.bindMemory(to: JSONSlice.self, capacity: slotCount)
    unsafe slots.initialize(repeating: .absent, count: slotCount)
    conditionCount = plan.conditions.count
    unsafe conditions = .allocate(capacity: conditionCount)
    unsafe conditions.initialize(repeating: 0, count: conditionCount)
    unsafe scratchMemory = .allocate(capacity: 1)
    unsafe scratchMemory.initialize(to: TextScratch())
  }

  deinit {
    unsafe slots.deallocate()
    unsafe conditions.deallocate()
    unsafe scratchMemory.deinitialize(count: 1)
    unsafe scratchMemory.deallocate()
  }

  /// Sets whether what is read is recorded.
  mutating func setReading(_ isOn: Bool) {
    isReading = isOn
    readyCount = isOn ? 0 : fieldCount
  }

  subscript(slot: Slot) -> JSONSlice {
    @inline(__always) get {
      precondition(slot.index < slotCount)
      return unsafe slots[slot.index]
    }
    @inline(__always) set {
      precondition(slot.index < slotCount)
      unsafe slots[slot.index] = newValue
    }
  }

  /// Whether a condition holds for this person; nil if it has not been evaluated.
  @inline(__always)
  func answer(_ condition: Int) -> Bool? {
    precondition(UInt(bitPattern: condition) < UInt(bitPattern: conditionCount))
    let known = unsafe conditions[condition]
    return known &>> 1 == number ? known & 1 == 1 : nil
  }

  @inline(__always)
  mutating func setAnswer(_ condition: Int, _ answer: Bool) {
    precondition(UInt(bitPattern: condition) < UInt(bitPattern: conditionCount))
    unsafe conditions[condition] = number &<< 1 | (answer ? 1 : 0)
  }

  /// Lends the slots and all bytes of the texts, to be changed.
  @inline(__always)
  mutating func withSlots(_ body: (inout MutableSpan<JSONSlice>, inout MutableSpan<UInt8>) -> Void) {
    // The memory is initialized, and nothing else has access to it meanwhile.
    var values = unsafe MutableSpan(_unsafeStart: slots, count: slotCount)
    var room = text.mutableSpan
    body(&values, &room)
  }

  /// Starts filters with the text of a value.
  func loadScratch(_ value: JSONSlice) { unsafe scratchMemory.pointee.load(text.span, value.start..<value.end) }

  /// Applies a filter.
  /// - Returns: the rule that the text breaks, if no text can be made, and whether the text is empty.
  func applyToScratch(_ step: FilterStep, _ plan: Plan) -> (fault: Rule?, isEmpty: Bool) {
    let fault = plan.bytes.withSpan { unsafe scratchMemory.pointee.apply(step, plan, $0) }
    return (fault, unsafe scratchMemory.pointee.text.count == 0)
  }

  /// Appends what filters have made to the texts.
  mutating func appendScratch() -> JSONSlice {
    let scratch = unsafe scratchMemory
    let start = textEnd
    let end = unsafe start &+ scratch.pointee.text.count
    reserve(end &- start)
    var room = text.mutableSpan
    let isBeyondASCII = unsafe scratch.pointee.text.withSpan { room.copyShort($0, to: start) }
    textEnd = end
    return JSONSlice(start: start, end: end, shape: .string, claims: isBeyondASCII ? .isBeyondASCII : [])
  }

  /// What filters have made. For rare cases only, because it allocates.
  var scratchString: String { unsafe scratchMemory.pointee.string }

  /// Scans a line for the values of the fields.
  mutating func scan(
    _ line: Span<UInt8>, from start: Int, with scanner: inout ObjectScanner
  ) throws(JSONFault) -> Int {
    // The memory is initialized, and nothing else has access to it meanwhile.
    var values = unsafe MutableSpan(_unsafeStart: slots, count: slotCount)
    return try scanner.scan(line, from: start, into: &values)
  }

  /// Whether some of the rules must look at each field.
  @inline(__always)
  var hasFindings: Bool { findings.hasWrongType || findings.hasFault || !findings.illegalFields.isEmpty }

  /// All lengths in bytes combined by OR, of values read or not: no value has more characters than this.
  var lengthBits: Int {
    // A whole slice at a time, with its length in the low half of the second word, costs one instruction.
    let slices = unsafe UnsafeRawPointer(slots)
    let stride = MemoryLayout<JSONSlice>.stride
    var bits = SIMD2<UInt64>()
    var offset = 0
    let end = slotCount &* stride
    while offset < end {
      unsafe bits |= slices.load(fromByteOffset: offset, as: SIMD2<UInt64>.self)
      offset &+= stride
    }
    return Int(UInt32(truncatingIfNeeded: bits[1]))
  }
}

extension Person {
  /// Lends all texts at once, with at least eight unused bytes behind them, and the place of each slot's text; a slot
  /// without text has a blank one.
  @inlinable
  public func withTexts<Result, Failure: Error>(
    _ body: (Span<UInt8>, Span<JSONSlice>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The slots live as long as the person.
    let slots = unsafe Span(_unsafeStart: slots, count: slotCount)
    return try body(text.span, slots)
  }
}
