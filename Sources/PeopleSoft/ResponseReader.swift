import JSONText

/// Reads the tokens and values of a response as it arrives.
///
/// Ranges and slices are offsets in the buffer, and valid until bytes are added. A place is an offset from the start of
/// the response.
struct ResponseReader: ~Copyable {
  private let maxValueLength: Int
  private var buffer: ResponseBuffer
  private var tokens = JSONTokenizer(grammar: .anyBytes)
  private var scanner = ObjectScanner(members: ["kind"], grammar: .anyBytes)
  /// The offset of the object that is kept while its tokens are read.
  private var held: Int?

  init(bufferSize: Int, maxValueLength: Int) {
    buffer = ResponseBuffer(size: bufferSize)
    self.maxValueLength = maxValueLength
  }

  /// Removes the bytes that have been read, and adds a piece of the response as `ResponseBuffer.fill` does.
  mutating func fill(atLeast room: Int, _ write: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
    let count = held ?? tokens.firstNeeded
    buffer.discard(count)
    tokens.discard(count)
    held = held.map { _ in 0 }
    return try unsafe buffer.fill(atLeast: room, write)
  }

  /// The number of bytes that have arrived.
  var length: Int { buffer.place(of: buffer.end) }
  /// The place of the next token, after `peek`.
  var place: Int { buffer.place(of: tokens.offset) }
  /// Whether all bytes that have arrived are read.
  var isEmpty: Bool { tokens.offset == buffer.end }
  /// The number of objects and arrays that are open.
  var depth: Int { tokens.depth }
  var isAtEnd: Bool { tokens.isAtEnd }
  var isHolding: Bool { held != nil }

  func place(of value: Range<Int>) -> Int { buffer.place(of: value.lowerBound) }
  func place(of name: JSONSlice) -> Int { buffer.place(of: name.start - 1) }
  func string(_ slice: JSONSlice) -> String { buffer.bytes.span.string(slice) }

  /// Moves to the next token, or the value that is not whole yet, and returns its first byte; nil if it has not arrived
  /// yet.
  mutating func peek() throws(EnvelopeFault) -> UInt8? {
    if tokens.isInValue { return buffer.bytes[tokens.firstNeeded] }
    return try read(from: held) { (tokens, _, text) throws(JSONFault) in try tokens.peek(in: text) }
  }

  /// Reads the token that `peek` has found; nil if it is not whole yet.
  mutating func next() throws(EnvelopeFault) -> JSONTokenizer.Token? {
    try read(from: held ?? tokens.offset) { (tokens, _, text) throws(JSONFault) in try tokens.next(in: text) }
  }

  /// Reads the value, of any kind, that `peek` has found.
  /// - Returns: its range; nil if it is not whole yet.
  mutating func value() throws(EnvelopeFault) -> Range<Int>? {
    try read(from: held ?? tokens.firstNeeded) { (tokens, scanner, text) throws(JSONFault) in
      try tokens.value(in: text, scanner: &scanner)
    }
  }

  /// Reads text that belongs to a value, which must end, or fail, within the maximum length.
  /// - Parameter start: the offset of the value.
  private mutating func read<Value>(
    from start: Int?, _ body: (inout JSONTokenizer, inout ObjectScanner, Span<UInt8>) throws(JSONFault) -> Value?
  ) throws(EnvelopeFault) -> Value? {
    let result = Self.result(of: body, &tokens, &scanner, buffer)
    let end =
      switch result {
      case .success(nil): buffer.end
      case .success: tokens.offset
      case .failure(let fault): fault.offset + 1
      }
    if let start, end - start > maxValueLength { throw .longElement(offset: buffer.place(of: start)) }
    switch result {
    case .success(let value): return value
    case .failure(let fault):
      let place = buffer.place(of: fault.offset)
      throw tokens.isAtEnd ? .trailing(offset: place) : .notJSON(JSONFault(offset: place, problem: fault.problem))
    }
  }

  private static func result<Value>(
    of body: (inout JSONTokenizer, inout ObjectScanner, Span<UInt8>) throws(JSONFault) -> Value?,
    _ tokens: inout JSONTokenizer, _ scanner: inout ObjectScanner, _ buffer: borrowing ResponseBuffer
  ) -> Result<Value?, JSONFault> {
    do { return .success(try body(&tokens, &scanner, buffer.bytes.span.extracting(0..<buffer.end))) } catch {
      return .failure(error)
    }
  }

  /// Keeps the object that begins at the next token in the buffer until `release` or `heldObject` is called.
  mutating func hold() { held = tokens.offset }
  mutating func release() { held = nil }

  /// Reads again the object that was held and has ended with the last token; nil if none is held.
  mutating func heldObject() throws(EnvelopeFault) -> Range<Int>? {
    guard let start = held else { return nil }
    held = nil
    return try read(from: start) { (_, scanner, text) throws(JSONFault) in start..<(try scanner.scan(text, from: start))
    }
  }

  /// Skips a byte order mark, which RFC 8259 allows readers to ignore.
  /// - Returns: false if there is none.
  mutating func skipByteOrderMark() -> Bool {
    guard place == 0, buffer.bytes.span.byteOrderMarkLength == 3 else { return false }
    tokens = JSONTokenizer(at: 3, grammar: .anyBytes)
    return true
  }
}

// Properties of the values that `value` and `heldObject` return.
extension ResponseReader {
  /// Whether the object read last has a member `kind`; false for other values.
  func hasKind(_ value: Range<Int>) -> Bool {
    buffer.bytes[value.lowerBound] == UInt8(ascii: "{") && scanner.values[0].shape != .absent
  }

  /// Lends a value without line breaks and tabs between its tokens.
  mutating func withLine(_ value: Range<Int>, _ body: (Span<UInt8>) throws -> Void) throws {
    let end = buffer.removeBreaks(from: value.lowerBound, to: value.upperBound)
    try body(buffer.bytes.span.extracting(value.lowerBound..<end))
  }

  /// The value as a tree; nil if it is not UTF-8.
  func tree(_ value: Range<Int>) -> JSONValue? {
    // The space ends a number.
    try? JSONValue(parsing: (Array(buffer.bytes[value]) + [0x20]).span)
  }

  /// Whether a string is empty or has only white space.
  func isBlankString(_ value: Range<Int>) -> Bool {
    string(JSONSlice(start: value.lowerBound + 1, end: value.upperBound - 1, shape: .string))
      .unicodeScalars.allSatisfy(\.properties.isWhitespace)
  }

  /// Whether an object has no members.
  func isEmptyObject(_ value: Range<Int>) -> Bool { firstToken(in: value) == UInt8(ascii: "}") }

  /// Whether a value is a list that begins with an object.
  func isListOfObjects(_ value: Range<Int>) -> Bool {
    buffer.bytes[value.lowerBound] == UInt8(ascii: "[") && firstToken(in: value) == UInt8(ascii: "{")
  }

  /// The first byte after a bracket.
  private func firstToken(in value: Range<Int>) -> UInt8 {
    buffer.bytes[buffer.bytes.span.skippingJSONSpace(from: value.lowerBound + 1)]
  }
}
