import HashTables
import TestSupport
import Testing

@Suite struct HashTableTests {
  @Test func `the table finds what was put in, and nothing else`() {
    var table = HashTable()
    var random = SplitMix(seed: 7)
    var hashes: [HashTable.Hash] = []
    for number in 0..<50_000 {
      let hash = HashTable.Hash(low: random.next(), high: random.next())
      hashes.append(hash)
      table.insert(hash, UInt32(number))
    }
    #expect(hashes.enumerated().allSatisfy { table.find($1) == UInt32($0) })
    #expect((0..<1000).allSatisfy { _ in table.find(.init(low: random.next(), high: random.next())) == nil })
    let neighbour = HashTable.Hash(low: hashes[9].low, high: hashes[9].high ^ 1)
    #expect(table.find(neighbour) == nil)
  }
}
