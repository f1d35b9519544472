import Glibc
import SystemPackage

/// The blocks of a file, read once for two: for the one who reads, and for a witness in another thread.
///
/// The blocks are few and used again and again, so that the reader waits for a witness that is slower. The witness waits for
/// the reader. Either can give up, and the other is told.
@safe
public final class BlockQueue: @unchecked Sendable {
  // What both threads touch is touched under the mutex, except the bytes of a block: they are written by the reader before
  // the block is handed over, and not again before the witness has given it back.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let bytes: UnsafeMutableRawBufferPointer
  private let blockSize: Int
  private var counts: [Int]
  private var handedOver = 0
  private var givenBack = 0
  private var hasReaderEnded = false
  private var hasWitnessEnded = false

  init(blocks: Int = 12, blockSize: Int = 64 << 10) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
    unsafe bytes = .allocate(byteCount: blocks * blockSize, alignment: 4096)
    self.blockSize = blockSize
    counts = Array(repeating: 0, count: blocks)
  }

  /// Reads the next block of a file, hands it over, and lends it.
  /// - Returns: how many bytes it has; 0 at the end of the file, nil where the witness has given up.
  func read(_ file: FileDescriptor, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int? {
    guard let place = waitForRoom() else { return nil }
    let block = unsafe block(place)
    let count = try unsafe file.read(into: block)
    if count == 0 { return 0 }
    synchronized {
      counts[place] = count
      handedOver += 1
    }
    try unsafe body(UnsafeRawBufferPointer(rebasing: block[..<count]))
    return count
  }

  /// Tells the witness that no more blocks come.
  func endReading() { synchronized { hasReaderEnded = true } }

  /// Lends the witness the next block, when it is there.
  /// - Returns: false where no more blocks come.
  public func next<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) -> Bool {
    guard let (place, count) = waitForBlock() else { return false }
    let block = unsafe UnsafeBufferPointer(
      start: block(place).baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    try unsafe body(block.span)
    synchronized { givenBack += 1 }
    return true
  }

  /// Tells the reader that the witness takes no more blocks.
  func endWitness() { synchronized { hasWitnessEnded = true } }

  private func waitForRoom() -> Int? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while handedOver - givenBack == counts.count, !hasWitnessEnded { unsafe pthread_cond_wait(changed, mutex) }
    return hasWitnessEnded ? nil : handedOver % counts.count
  }

  private func waitForBlock() -> (place: Int, count: Int)? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while handedOver == givenBack, !hasReaderEnded { unsafe pthread_cond_wait(changed, mutex) }
    if handedOver == givenBack { return nil }
    let place = givenBack % counts.count
    return (place, counts[place])
  }

  private func synchronized(_ change: () -> Void) {
    unsafe pthread_mutex_lock(mutex)
    change()
    unsafe pthread_cond_broadcast(changed)
    unsafe pthread_mutex_unlock(mutex)
  }

  private func block(_ place: Int) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[place * blockSize..<(place + 1) * blockSize])
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
    unsafe bytes.deallocate()
  }
}
