extension MutableSpan where Element == UInt8 {
  /// Writes bytes to where they have room.
  mutating func copy(_ bytes: Span<UInt8>, to start: Int = 0) {
    precondition(start >= 0 && bytes.count <= count - start)
    // memcpy(3) within both.
    unsafe withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0)
      }
    }
  }
}
