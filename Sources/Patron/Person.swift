import Calendar
public import JSONText

/// A person of the feed, ready for the rules and the mapping: the text of each field that the mapping reads, trimmed and
/// without escapes, and the texts that are worked out from them when they are asked for.
///
/// It owns its bytes. A reader fills one value again and again, so that it does not allocate for each person. All access to
/// the memory of its slots is in this type.
@safe
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
  /// The position in `text` of each field, of `kind`, and of each text that is worked out; absent until it is asked for.
  @usableFromInline let slots: UnsafeMutablePointer<JSONSlice>
  /// The number of slots.
  @usableFromInline let slotCount: Int
  /// For each condition twice the number of the person for whom it was asked last, and 1 more if it held.
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
  /// The number of slots, from the first one, whose values are read without further work: all fields, or none while what is
  /// read is recorded.
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

  /// The answer to a condition for this person, or nil if it has not been asked.
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

  @inline(__always)
  func isBlank(_ slot: Slot) -> Bool { self[slot].isBlank }

  /// The text of a slot, or nil if there is none.
  public func string(_ slot: Slot) -> String? {
    let value = self[slot]
    guard value.isText else { return nil }
    return String(decoding: text[value.start..<value.end], as: UTF8.self)
  }

  /// A code of at most seven bytes as one word, with its length in the last byte.
  static func shortCode(_ code: [UInt8]) -> UInt64 {
    code.span.word(at: 0, upTo: code.count) | UInt64(code.count) << 56
  }

  /// The text of a value as a short code; nil if it has more than seven bytes or there is none.
  @inline(__always)
  func shortCode(_ value: JSONSlice) -> UInt64? {
    value.isText && value.count < 8 ? shortCode(ofText: value) : nil
  }

  /// The text of a value, which has at most seven bytes, as a short code.
  @inline(__always)
  func shortCode(ofText value: JSONSlice) -> UInt64 {
    precondition(value.start >= 0 && value.start &+ Self.padding <= text.count)
    // The precondition is the bounds check; unused bytes behind the texts make it hold for each of them.
    let word = unsafe text.span.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: value.start, as: UInt64.self)
    let length = UInt64(truncatingIfNeeded: value.count)
    return UInt64(littleEndian: word) & ~(~0 &<< (length &* 8)) | length &<< 56
  }

  /// The minimum number of unused bytes behind the texts.
  static var padding: Int { 8 }

  /// The first eight bytes of a text, the first in the highest bits; those behind its end are 0.
  @inline(__always)
  func firstWord(_ value: JSONSlice) -> UInt64 { text.span.word(at: value.start, upTo: value.end).byteSwapped }

  /// Whether the text of a value is a day.
  @inline(__always)
  func isDay(_ value: JSONSlice) -> Bool { Day(text.span, from: value.start, count: value.count) != nil }

  /// The day that a value is, or nil.
  @inline(__always)
  func day(_ value: JSONSlice) -> Day? {
    value.isText ? Day(text.span, from: value.start, count: value.count) : nil
  }

  /// The first scalar of a slot's text that satisfies a predicate, or nil. For rare cases only, because it allocates.
  func scalar(in slot: Slot, where isFound: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
    string(slot)?.unicodeScalars.first(where: isFound)
  }

  /// Whether a slot's text has characters beyond ASCII, or had escapes, which may stand for some.
  @inline(__always)
  func isBeyondASCII(_ slot: Slot) -> Bool { self[slot].claims.contains(.isBeyondASCII) }

  /// Lends the text of a slot.
  @inline(__always)
  func withText<Result>(of slot: Slot, _ body: (Span<UInt8>) -> Result) -> Result {
    let value = self[slot]
    return body(text.span.extracting(value.isBlank ? 0..<0 : value.start..<value.end))
  }

  /// The text of a slot, as bytes.
  func bytes(_ slot: Slot) -> ArraySlice<UInt8> {
    let value = self[slot]
    return text[value.start..<value.end]
  }

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

  /// The length of a slot's text in Unicode scalars.
  func scalarCount(_ slot: Slot) -> Int {
    let value = self[slot]
    if !value.claims.contains(.isBeyondASCII) { return value.count }
    return text[value.start..<value.end].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}

extension Person {
  /// Lends all texts at once, with at least eight unused bytes behind them, and the place of each slot's text; a slot without
  /// text has a blank one.
  @inlinable
  public func withTexts<Result, Failure: Error>(
    _ body: (Span<UInt8>, Span<JSONSlice>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The slots live as long as the person.
    let slots = unsafe Span(_unsafeStart: slots, count: slotCount)
    return try body(text.span, slots)
  }
}

/// The kind of a value after the reader has trimmed it and resolved its escapes.
extension JSONSlice {
  /// Whether the value is null, missing, or only white space and format characters.
  @inlinable @inline(__always)
  public var isBlank: Bool { shape.rawValue <= Shape.blank.rawValue }

  /// Whether the value is a string that is not blank, or an integer.
  @inline(__always)
  var isText: Bool { shape == .string || shape == .integer }

  /// Whether the value is a boolean, an array, an object or a number that is not an integer.
  @inline(__always)
  var isWrongType: Bool { shape.rawValue > Shape.integer.rawValue }
}
