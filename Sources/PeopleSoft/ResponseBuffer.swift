import Glibc
import JSONText

/// The bytes of a response that have arrived and are not done with.
struct ResponseBuffer: ~Copyable {
  /// Only those before `end` have arrived.
  private(set) var bytes: [UInt8]
  private(set) var end = 0
  /// The next byte to be looked at.
  var offset = 0
  /// Where in the response the first of the bytes stands.
  private var base = 0

  init(size: Int) { bytes = Array(repeating: 0, count: size) }

  /// Where in the response an offset stands.
  func place(of offset: Int) -> Int { base + offset }

  /// Reads bytes behind those that are there.
  /// - Parameters:
  ///   - kept: what is before this offset is not needed any more.
  ///   - read: fills what it is lent from the front, and tells how far.
  /// - Returns: how many bytes have come.
  mutating func fill(keepingFrom kept: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Int {
    makeRoom(for: 1, keepingFrom: kept)
    let target = end
    let count = try unsafe bytes.withUnsafeMutableBytes { bytes in
      try unsafe read(UnsafeMutableRawBufferPointer(rebasing: bytes[target...]))
    }
    end += count
    return count
  }

  /// Takes bytes behind those that are there.
  mutating func append(_ piece: Span<UInt8>, keepingFrom kept: Int) {
    makeRoom(for: piece.count, keepingFrom: kept)
    let target = end
    unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe piece.withUnsafeBytes { unsafe bytes[target...].copyBytes(from: $0) }
    }
    end += piece.count
  }

  /// Moves what is kept to the front, and doubles bytes that are full.
  private mutating func makeRoom(for count: Int, keepingFrom kept: Int) {
    if kept > 0 {
      let left = end - kept
      unsafe bytes.withUnsafeMutableBytes { bytes in
        _ = unsafe memmove(bytes.baseAddress!, bytes.baseAddress! + kept, left)
      }
      end = left
      offset -= kept
      base += kept
    }
    while bytes.count - end < count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
  }

  /// Goes to the next byte that is no white space of JSON's, and tells what it is; nil where no more have arrived.
  mutating func skipSpace() -> UInt8? {
    let next = bytes.span.extracting(0..<end).skippingJSONSpace(from: offset)
    offset = next
    return next < end ? bytes[next] : nil
  }

  /// The text of a string with its quotation marks.
  func string(from start: Int, to end: Int) -> String {
    var text: [UInt8] = []
    bytes.span.appendText(from: start + 1, to: end - 1, to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// The object that begins at an offset, and is whole, has no members.
  func isEmptyObject(at start: Int) -> Bool {
    bytes[bytes.span.skippingJSONSpace(from: start + 1)] == UInt8(ascii: "}")
  }

  /// Takes line breaks and tabs out from between the tokens of a value.
  /// - Returns: the offset behind what is left.
  mutating func removeBreaks(from start: Int, to end: Int) -> Int {
    guard hasBreaks(from: start, to: end) else { return end }
    return unsafe bytes.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!
      var target = start
      // What stays is moved in runs, strings and all: a step for each byte would cost more than all the rest.
      var run = start
      var offset = start
      while offset < end {
        switch unsafe bytes[offset] {
        case UInt8(ascii: "\""):
          offset = unsafe Self.stringEnd(UnsafeRawBufferPointer(bytes), from: offset + 1, to: end)
        case 0x0A, 0x0D, 0x09:
          unsafe memmove(base + target, base + run, offset - run)
          target += offset - run
          offset += 1
          run = offset
        default: offset += 1
        }
      }
      unsafe memmove(base + target, base + run, end - run)
      return target + end - run
    }
  }

  /// The offset behind the quotation mark that closes a string.
  private static func stringEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
    let base = bytes.baseAddress!
    var offset = start
    while let found = unsafe memchr(base + offset, Int32(UInt8(ascii: "\"")), end - offset) {
      let quote = unsafe UnsafeRawPointer(found) - base
      var first = quote
      while first > start, unsafe bytes[first - 1] == UInt8(ascii: "\\") { first -= 1 }
      offset = quote + 1
      // Backslashes in pairs stand for themselves.
      if (quote - first) % 2 == 0 { return offset }
    }
    return end
  }

  private func hasBreaks(from start: Int, to end: Int) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      let base = unsafe bytes.baseAddress! + start
      // memchr(3) is within the value.
      return unsafe memchr(base, 0x0A, end - start) != nil || memchr(base, 0x0D, end - start) != nil
        || memchr(base, 0x09, end - start) != nil
    }
  }
}
