import Stage
import StageErrors

/// A session with an SFTP server, over ssh: version 3 of the protocol, as far as putting files needs it.
///
/// Everything goes by one thread. Requests that need not be waited for, writes and reads, are sent ahead: so many that the line
/// is full, so few that their answers fit into the pipe from ssh.
public struct SFTPConnection: ~Copyable {
  /// How many writes or reads are under way at once, and the bytes in each.
  static let window = 64
  static let blockSize = 32 << 10
  /// The longest packet that a server may send us.
  private static let longestPacket = (256 << 10) + 1024

  /// The server's authority, as in a URL, for messages.
  public let place: String
  /// What the server offers beyond version 3.
  public private(set) var extensions: Set<String> = []
  private let command: SSHCommand
  private let process: SSHProcess
  private var lastID: UInt32 = 0
  /// The answers that are still to come.
  private var awaited: Set<UInt32> = []
  /// Answers that came before they were asked for.
  private var early: [UInt32: SFTPAnswer] = [:]
  private var inbox = [UInt8](repeating: 0, count: 64 << 10)
  private var unread = 0..<0
  private var isGreeted = false

  private init(_ command: SSHCommand, _ process: consuming SSHProcess) {
    self.command = command
    self.process = process
    place = "sftp://\(command.destination)"
  }

  /// Begins a session, and does not wait for the server: ssh logs in by itself.
  public static func begin(_ command: SSHCommand) throws(SFTPError) -> SFTPConnection {
    SFTPConnection(command, try start(command))
  }

  private static func start(_ command: SSHCommand) throws(SFTPError) -> SSHProcess {
    do { return try SSHProcess(command) } catch { throw SFTPError.local("cannot start ssh: \(error)") }
  }

  /// Waits until the session has begun. Nothing else is done with it before.
  public mutating func greet() throws(SFTPError) {
    let hello = SFTPRequest(.initialize, id: 3).finish()
    try send(hello.span)
    let version = try nextAnswer()
    guard version.type == .version else { throw nonsense("it answers with no SFTP") }
    isGreeted = true
    try takeExtensions(version)
  }

  private mutating func takeExtensions(_ version: SFTPAnswer) throws(SFTPError) {
    var version = version
    do {
      while !version.isAtEnd {
        extensions.insert(try version.string())
        _ = try version.data()
      }
    } catch {
      throw nonsense("its greeting is malformed")
    }
  }

  /// Sends a request.
  /// - Parameter fields: adds what follows the request's number.
  mutating func request(
    _ type: SFTPPacketType, capacity: Int = 256, _ fields: (inout SFTPRequest) -> Void
  ) throws(SFTPError) -> UInt32 {
    lastID &+= 1
    var request = SFTPRequest(type, id: lastID, capacity: capacity)
    fields(&request)
    awaited.insert(lastID)
    let bytes = request.finish()
    try send(bytes.span)
    return lastID
  }

  /// Waits for the answer to a request.
  mutating func answer(to id: UInt32) throws(SFTPError) -> SFTPAnswer {
    while true {
      if let answer = early.removeValue(forKey: id) { return answer }
      let answer = try nextAnswer()
      guard awaited.remove(answer.id) != nil else { throw nonsense("it answers what was not asked") }
      early[answer.id] = answer
    }
  }

  /// Waits for the answer to a request that succeeds or fails.
  mutating func status(of id: UInt32) throws(SFTPError) -> SFTPStatus {
    try status(in: try answer(to: id))
  }

  func status(in answer: SFTPAnswer) throws(SFTPError) -> SFTPStatus {
    guard answer.type == .status else { throw nonsense("it answers with a packet of another kind") }
    var answer = answer
    do {
      let code = try answer.integer()
      // Some servers leave the text out.
      let message = answer.isAtEnd ? "" : try answer.string()
      return SFTPStatus(code: code, message: command.mask.hiding(message))
    } catch {
      throw nonsense("its answer is malformed")
    }
  }

  /// Waits for success.
  mutating func expectSuccess(of id: UInt32, _ action: String) throws(SFTPError) {
    let status = try status(of: id)
    if status.code != SFTPStatus.ok { throw refusal(action, status) }
  }

  func refusal(_ action: String, _ status: SFTPStatus) -> SFTPError {
    .refusal(place: place, action: action, status)
  }

  func nonsense(_ what: String) -> SFTPError { .nonsense(place: place, what) }

  /// Takes an answer apart.
  func take<Value>(
    _ answer: SFTPAnswer, _ body: (inout SFTPAnswer) throws(SFTPAnswer.Malformed) -> Value
  ) throws(SFTPError) -> Value {
    var answer = answer
    do { return try body(&answer) } catch { throw nonsense("its answer is malformed") }
  }

  private func send(_ bytes: Span<UInt8>) throws(SFTPError) {
    do { try process.write(bytes, until: deadline) } catch { throw lost(error) }
  }

  /// Gives up on a server that answers always in time, and yet does not get on: as with one answer it has `patience`, and then one
  /// second more for each KiB.
  func keepPace(since start: ContinuousClock.Instant, bytes: Int) throws(SFTPError) {
    guard start.duration(to: .now) > .seconds(command.patience + bytes >> 10) else { return }
    throw .session(place: place, "too slow: \(bytes) bytes in over \(command.patience + bytes >> 10) s", .temporary)
  }

  /// When the other side has to be done with one packet.
  private var deadline: ContinuousClock.Instant { .now + .seconds(command.patience) }

  private mutating func nextAnswer() throws(SFTPError) -> SFTPAnswer {
    let deadline = deadline
    try fill(4, until: deadline)
    let length = inbox[unread.prefix(4)].reduce(0) { $0 << 8 | Int($1) }
    guard length >= 5, length <= Self.longestPacket else { throw nonsense(greeting) }
    if !isGreeted, inbox[unread].dropFirst(4).first.map({ $0 != SFTPPacketType.version.rawValue }) ?? false {
      throw nonsense(greeting)
    }
    try fill(4 + length, until: deadline)
    let body = inbox[unread].dropFirst(4).prefix(length)
    unread = (unread.lowerBound + 4 + length)..<unread.upperBound
    do { return try SFTPAnswer(body) } catch { throw nonsense("it sends a packet that is malformed") }
  }

  /// What a server says that talks before the protocol begins: a greeting of its shell.
  private var greeting: String {
    guard !isGreeted else { return "it sends a packet that is malformed" }
    // Hidden before it is cut, so that no half of a secret shows.
    let text = String(command.mask.hiding(String(decoding: inbox[unread], as: UTF8.self), isCut: true).prefix(80))
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return "it does not speak SFTP, but says: '\(line)'; does its shell greet? It must not for this user"
  }

  /// Reads until so many bytes are there.
  private mutating func fill(_ count: Int, until deadline: ContinuousClock.Instant) throws(SFTPError) {
    while unread.count < count {
      if unread.lowerBound > 0 {
        inbox.replaceSubrange(0..<unread.count, with: Array(inbox[unread]))
        unread = 0..<unread.count
      }
      if inbox.count < count { inbox += [UInt8](repeating: 0, count: count - inbox.count) }
      do {
        let more = try process.read(into: &inbox, from: unread.upperBound, until: deadline)
        unread = unread.lowerBound..<(unread.upperBound + more)
      } catch {
        throw lost(error)
      }
    }
  }

  /// Why the session has ended, or never began.
  private func lost(_ trouble: SSHProcess.Trouble) -> SFTPError {
    if trouble == .silent {
      return .session(place: place, "no answer for \(command.patience) s", .temporary)
    }
    let text = command.mask.hiding(process.errorText())
    if let error = process.failure() { return .local("cannot run ssh (\(error)); is openssh-client installed?") }
    if isGreeted {
      let words = SSHLog(text).messages.last.map { " (\($0))" } ?? ""
      return .session(place: place, "the connection was lost\(words)", .temporary)
    }
    let diagnosis = SSHDiagnosis(text, command, signal: process.endingSignal()) { log in
      log.offendingKey.flatMap { KnownKey.fingerprint(file: $0.file, line: $0.line) }
    }
    return .session(place: place, diagnosis.message, diagnosis.exitStatus)
  }
}
