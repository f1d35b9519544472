import Foundation
import TestSupport
import Testing

/// The targets of `make fuzz`, with the inputs that it has found, and with some that are made of these at random.
@Suite struct FuzzTests {
  private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The inputs of a target: those that reach all of its code, and those that once broke a promise.
  private static func inputs(_ target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    try ["Seeds", "Finds"].flatMap { folder in
      let path = directory.appendingPathComponent(folder).appendingPathComponent(target.name)
      let files = (try? FileManager.default.contentsOfDirectory(at: path, includingPropertiesForKeys: nil)) ?? []
      return try files.sorted { $0.path < $1.path }.map {
        ("\(folder)/\($0.lastPathComponent)", [UInt8](try Data(contentsOf: $0)))
      }
    }
  }

  @Test(arguments: FuzzTarget.all)
  func `what fuzzing has found keeps every promise`(target: FuzzTarget) throws {
    let inputs = try Self.inputs(target)
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs { check(target, bytes, name) }
    check(target, [], "nothing")
  }

  @Test(arguments: FuzzTarget.all)
  func `what is made of it at random keeps every promise`(target: FuzzTarget) throws {
    let inputs = try Self.inputs(target).map(\.bytes)
    let runs = ProcessInfo.processInfo.environment["FUZZ_RUNS"].flatMap { Int($0) } ?? 5000
    var random = SplitMix(seed: 13)
    for number in 0..<runs {
      var bytes = try #require(inputs.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, inputs, &random) }
      if !check(target, bytes, "mutation \(number)") { return }
    }
  }

  @discardableResult
  private func check(_ target: FuzzTarget, _ bytes: [UInt8], _ name: String) -> Bool {
    do {
      try target.run(bytes)
      return true
    } catch {
      Issue.record("\(target.name), \(name): \(error); the input is \(Data(bytes.prefix(4096)).base64EncodedString())")
      return false
    }
  }

  /// Changes a byte, or cuts, doubles or puts in a piece.
  private static func mutate(_ bytes: inout [UInt8], _ others: [[UInt8]], _ random: inout SplitMix) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...16, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    default:
      let other = others.randomElement(using: &random) ?? []
      let start = Int.random(in: 0...other.count, using: &random)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 64)], at: place)
    }
  }
}

extension FuzzTarget: CustomStringConvertible {
  public var description: String { name }
}
