/// The member names that a reader looks for: a hash table with open addressing.
struct MemberTable {
  let names: [[UInt8]]
  private var slots: [Int16]

  init(_ names: [String]) {
    self.names = names.map { Array($0.utf8) }
    var capacity = 64
    while capacity < names.count * 4 { capacity *= 2 }
    slots = Array(repeating: -1, count: capacity)
    for (index, name) in self.names.enumerated() {
      var slot = Self.hash(name.span, from: 0, count: name.count) & (capacity - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (capacity - 1) }
      slots[slot] = Int16(index)
    }
  }

  /// The index of the name that a range of a text has, or -1.
  func index(of text: Span<UInt8>, from start: Int, count: Int) -> Int {
    var slot = Self.hash(text, from: start, count: count) & (slots.count &- 1)
    while true {
      let index = Int(slots[slot])
      if index < 0 { return -1 }
      if Self.equal(names[index], text, from: start, count: count) { return index }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
  }

  @inline(__always)
  private static func hash(_ text: Span<UInt8>, from start: Int, count: Int) -> Int {
    var hash = UInt64(truncatingIfNeeded: count)
    for offset in start..<start &+ count { hash = (hash ^ UInt64(text.byte(offset))) &* 0x0000_0100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ (hash &>> 29)) & 0x7FFF_FFFF)
  }

  @inline(__always)
  private static func equal(_ name: [UInt8], _ text: Span<UInt8>, from start: Int, count: Int) -> Bool {
    guard name.count == count else { return false }
    for offset in 0..<count where name[offset] != text.byte(start &+ offset) { return false }
    return true
  }
}
