import Glibc
import StageErrors
import SystemPackage

/// Checks a document while it is packed, in a thread of its own: takes its blocks, and returns the number of its users
/// or throws.
package typealias Proof = @Sendable (_ path: String, _ blocks: BlockQueue) throws -> Int

/// The thread in which a proof runs, the only threads that a stage starts, one at a time. It uses pthread_create(3),
/// which reports if there are too many threads.
@safe
struct ProofThread: ~Copyable {
  private let thread: pthread_t
  private let work: Work

  /// Starts the thread.
  init(_ proof: @escaping Proof, of path: String, _ blocks: BlockQueue) throws(ZipError) {
    work = Work {
      // In any case, so that the reader does not wait for it.
      defer { blocks.endConsuming() }
      return try proof(path, blocks)
    }
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(work)
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        unsafe Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      unsafe context.release()
      throw ZipError("cannot start a thread: \(Errno(rawValue: result)); try again later", .temporary)
    }
    self.thread = thread
  }

  /// Waits for the thread to end, and returns the result of the proof.
  consuming func join() -> Result<Int, any Error> {
    pthread_join(thread, nil)
    return work.result
  }

  /// The proof and its result, which is written before the thread ends and read after it has been joined.
  private final class Work: @unchecked Sendable {
    private let body: () throws -> Int
    private(set) var result: Result<Int, any Error> = .success(0)

    init(_ body: @escaping () throws -> Int) { self.body = body }

    func run() { result = Result(catching: body) }
  }
}
