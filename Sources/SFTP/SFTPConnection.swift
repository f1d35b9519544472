import Stage
import StageErrors
import SystemPackage

/// A session with an SFTP server over ssh: version 3 of the protocol, as far as an upload needs it.
///
/// It uses one thread. Writes and reads are sent before the replies to earlier ones arrive: enough to use the whole
/// connection, but few enough that the small packets fit into the socket, so that the two sides never wait for each
/// other.
package struct SFTPConnection: ~Copyable {
  /// The maximum number of writes or reads that are sent ahead.
  static let window = 64
  /// The maximum number of bytes in each.
  static let blockSize = 32 << 10
  private static let maxPacketLength = (256 << 10) + 1024

  /// `sftp://user@host:port`, for messages.
  let place: String
  /// The names of the protocol extensions that the server offers.
  private(set) var extensions: Set<String> = []
  private let command: SSHCommand
  private let process: SSHProcess
  private var lastID: UInt32 = 0
  /// The requests to which no reply has come.
  private var pending: Set<UInt32> = []
  /// Replies that arrived before they were waited for.
  private var early: [UInt32: SFTPReply] = [:]
  private var inbox = [UInt8](repeating: 0, count: 64 << 10)
  private var unread = 0..<0
  private var isOpen = false

  private init(_ command: SSHCommand, _ process: consuming SSHProcess) {
    self.command = command
    self.process = process
    place = "sftp://\(command.destination)"
  }

  /// Starts ssh, and does not wait for the login.
  /// - Throws: `SFTPError.local` if ssh cannot be started.
  package static func begin(_ destination: SSHDestination, _ login: SSHLogin) throws(SFTPError) -> SFTPConnection {
    try begin(SSHCommand(destination, login))
  }

  static func begin(_ command: SSHCommand) throws(SFTPError) -> SFTPConnection {
    SFTPConnection(command, try start(command))
  }

  private static func start(_ command: SSHCommand) throws(SFTPError) -> SSHProcess {
    do { return try SSHProcess(command) } catch {
      let status = (error as? Errno).map(Child.exitStatus) ?? (error as? any StageError)?.exitStatus ?? .internalFault
      let advice = status == .configuration ? "; is openssh-client installed?" : ""
      throw .local("cannot run ssh: \(error)\(advice)", status)
    }
  }

  /// Waits for the login and the first packet of the server. It is called once, before any other function.
  package mutating func open() throws(SFTPError) {
    let request = SFTPRequest(.initialize, id: 3).finish()
    try send(request.span)
    let reply = try nextReply()
    isOpen = true
    extensions = try parse(reply) { (reply) throws(SFTPReply.Malformed) in
      var names: Set<String> = []
      while !reply.isAtEnd {
        names.insert(try reply.string())
        _ = try reply.data()
      }
      return names
    }
  }

  /// Sends a request.
  /// - Parameter fields: adds the fields after the request's number.
  /// - Returns: the request's number.
  mutating func request(
    _ type: SFTPPacketType, capacity: Int = 256, _ fields: (inout SFTPRequest) -> Void
  ) throws(SFTPError) -> UInt32 {
    lastID &+= 1
    var request = SFTPRequest(type, id: lastID, capacity: capacity)
    fields(&request)
    pending.insert(lastID)
    let bytes = request.finish()
    try send(bytes.span)
    return lastID
  }

  /// Sends a request whose fields are texts.
  mutating func request(_ type: SFTPPacketType, _ texts: String...) throws(SFTPError) -> UInt32 {
    try request(type) { for text in texts { $0.add(text) } }
  }

  /// Waits for the reply to a request.
  mutating func reply(to id: UInt32) throws(SFTPError) -> SFTPReply {
    while true {
      if let reply = early.removeValue(forKey: id) { return reply }
      let reply = try nextReply()
      guard pending.remove(reply.id) != nil else { throw violation("reply to a request that was never sent") }
      early[reply.id] = reply
    }
  }

  /// The status in a reply of that type. `SSH_FXP_STATUS`
  func status(in reply: SFTPReply) throws(SFTPError) -> SFTPStatus {
    guard reply.type == .status else { throw violation("unexpected reply") }
    let mask = command.mask
    return try parse(reply) { (reply) throws(SFTPReply.Malformed) in
      // Some servers leave the message out.
      SFTPStatus(code: try reply.integer(), message: reply.isAtEnd ? "" : mask.hiding(try reply.string()))
    }
  }

  /// Waits for the reply to a request, and throws a refusal if its status is not success.
  /// - Parameter action: for the message, as `create /x`.
  mutating func expectSuccess(of id: UInt32, _ action: String) throws(SFTPError) {
    let status = try status(in: reply(to: id))
    if status.code != SFTPStatus.ok { throw refusal(action, status) }
  }

  func refusal(_ action: String, _ status: SFTPStatus) -> SFTPError {
    .refusal(place: place, action: action, status)
  }

  func violation(_ what: String) -> SFTPError { .protocolViolation(place: place, what) }

  /// Parses the fields of a reply.
  func parse<Value>(
    _ reply: SFTPReply, _ body: (inout SFTPReply) throws(SFTPReply.Malformed) -> Value
  ) throws(SFTPError) -> Value {
    var reply = reply
    do { return try body(&reply) } catch { throw violation("malformed reply") }
  }

  private func send(_ bytes: Span<UInt8>) throws(SFTPError) {
    do { try process.write(bytes, until: deadline) } catch { throw sessionError(error) }
  }

  /// Throws if the server replies to each request in time, but the whole is too slow. The limit is that for one reply,
  /// and a second for each KiB.
  func requirePace(since start: ContinuousClock.Instant, bytes: Int) throws(SFTPError) {
    let limit = command.replyTimeout + bytes >> 10
    guard start.duration(to: .now) > .seconds(limit) else { return }
    throw .session(place: place, "too slow: \(bytes) bytes in over \(limit) s", .temporary)
  }

  /// The deadline for one packet that is sent or received now.
  private var deadline: ContinuousClock.Instant { .now + .seconds(command.replyTimeout) }

  private mutating func nextReply() throws(SFTPError) -> SFTPReply {
    let deadline = deadline
    try fill(4, until: deadline)
    let length = inbox[unread.prefix(4)].reduce(0) { $0 << 8 | Int($1) }
    guard length >= 5, length <= Self.maxPacketLength else { throw malformedPacket }
    try fill(5, until: deadline)
    if !isOpen, inbox[unread.lowerBound + 4] != SFTPPacketType.version.rawValue { throw malformedPacket }
    try fill(4 + length, until: deadline)
    let body = inbox[unread].dropFirst(4).prefix(length)
    unread = (unread.lowerBound + 4 + length)..<unread.upperBound
    do { return try SFTPReply(body) } catch { throw malformedPacket }
  }

  /// The error for bytes that are not a packet. Before the first packet they are usually text from the user's shell.
  private var malformedPacket: SFTPError {
    guard !isOpen else { return violation("malformed packet") }
    // Secrets are hidden before the text is cut, so that no part of one remains.
    let text = String(command.mask.hiding(String(decoding: inbox[unread], as: UTF8.self), isCut: true).prefix(80))
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return violation("text before the SFTP handshake: '\(line)'; silence this user's shell start-up files")
  }

  /// Receives until this many bytes are unread.
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
        throw sessionError(error)
      }
    }
  }

  /// Why the session has ended, or could not start.
  private func sessionError(_ failure: SSHProcess.Failure) -> SFTPError {
    if failure == .timeout {
      return .session(place: place, "no reply for \(command.replyTimeout) s", .temporary)
    }
    let (signal, errors) = process.end()
    let text = command.mask.hiding(errors)
    if isOpen {
      let message = SSHLog(text).messages.last.map { " (\($0))" } ?? ""
      return .session(place: place, "the connection was lost\(message)", .temporary)
    }
    let diagnosis = SSHDiagnosis(text, command, signal: signal) { log in
      log.offendingKey.flatMap { SSHDiagnosis.fingerprint(file: $0.file, line: $0.line) }
    }
    return .session(place: place, diagnosis.message, diagnosis.exitStatus)
  }
}
