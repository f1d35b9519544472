import Glibc
import JSONText

/// The bytes of a response that have arrived and are still needed.
struct ResponseBuffer: ~Copyable {
  /// Only those before `end` have arrived.
  private(set) var bytes: [UInt8]
  private(set) var end = 0
  /// The number of bytes of the response before these.
  private var base = 0

  init(size: Int) { bytes = Array(repeating: 0, count: size) }

  /// The place in the response of an offset.
  func place(of offset: Int) -> Int { base + offset }

  /// Lends the room after the bytes that are there, and adds what is written to its beginning.
  /// - Parameters:
  ///   - count: the bytes that must have room. The buffer is doubled until they have.
  ///   - write: returns the number of bytes that it has written.
  /// - Returns: that number.
  mutating func fill(atLeast count: Int, _ write: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
    while bytes.count - end < count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    let start = end
    let written = try unsafe bytes.withUnsafeMutableBytes { bytes in
      try unsafe write(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
    }
    end += written
    return written
  }

  /// Removes the first bytes, and moves the others to the front.
  mutating func discard(_ count: Int) {
    guard count > 0 else { return }
    end -= count
    base += count
    let left = end
    unsafe bytes.withUnsafeMutableBytes { bytes in
      _ = unsafe memmove(bytes.baseAddress!, bytes.baseAddress! + count, left)
    }
  }

  /// Removes line breaks and tabs between the tokens of a value.
  /// - Returns: the offset after what is left.
  mutating func removeBreaks(from start: Int, to end: Int) -> Int {
    guard hasBreaks(from: start, to: end) else { return end }
    return unsafe bytes.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!
      var target = start
      // The other bytes are moved in runs, including whole strings, which is faster than one by one.
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

  /// The offset after the quotation mark that closes a string.
  private static func stringEnd(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
    let base = bytes.baseAddress!
    var offset = start
    while let found = unsafe memchr(base + offset, Int32(UInt8(ascii: "\"")), end - offset) {
      let quote = unsafe UnsafeRawPointer(found) - base
      var first = quote
      while first > start, unsafe bytes[first - 1] == UInt8(ascii: "\\") { first -= 1 }
      offset = quote + 1
      // A pair of backslashes is an escaped backslash.
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
