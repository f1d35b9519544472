import Foundation
import StageErrors
import SystemPackage
import TestSupport
import Testing

@testable import ZipArchive

@Suite struct BlockQueueTests {
  let directory: TemporaryDirectory
  let contents = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path("file")
  }

  /// Reads a file through the queue, with a proof in another thread.
  func read(
    _ contents: Data, _ blocks: BlockQueue, proof: @escaping Proof
  ) throws -> (read: Data, proof: Result<Int, any Error>) {
    try contents.write(to: URL(fileURLWithPath: path))
    let file = try FileDescriptor.open(FilePath(path), .readOnly)
    defer { try? file.close() }
    let thread = try ProofThread(proof, of: path, blocks)
    var read = Data()
    while let count = try unsafe blocks.read(file, { unsafe read.append(contentsOf: $0) }), count > 0 {}
    blocks.endReading()
    return (read, thread.join())
  }

  @Test(arguments: [(1, 1000), (2, 17), (3, 4096), (4, 64 << 10), (4, 1 << 20)])
  func `both get every byte, once and in order`(blocks: Int, size: Int) throws {
    let expected = contents
    let (read, proof) = try read(contents, BlockQueue(blocks: blocks, blockSize: size)) { _, blocks in
      var seen: [UInt8] = []
      while blocks.next({ block in for index in 0..<block.count { seen.append(block[index]) } }) {}
      return Data(seen) == expected ? seen.count : -1
    }
    #expect(read == expected)
    #expect(try proof.get() == contents.count)
  }

  @Test func `a proof that gives up ends the reading`() throws {
    let (read, proof) = try read(contents, BlockQueue(blocks: 2, blockSize: 100)) { _, blocks in
      _ = blocks.next { _ in }
      throw ZipError("enough", .badData)
    }
    #expect(read.count <= 400)
    #expect(throws: ZipError("enough", .badData)) { try proof.get() }
  }

  @Test func `a proof of an empty file sees its end`() throws {
    let (read, proof) = try read(Data(), BlockQueue()) { _, blocks in blocks.next { _ in } ? 1 : 0 }
    #expect(read.isEmpty)
    #expect(try proof.get() == 0)
  }
}
