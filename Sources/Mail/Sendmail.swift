import Files
import Glibc
import Report
import Stage
import StageErrors
import SystemPackage

/// The local mail system, by `sendmail -t -i`, which takes the recipients from the message's header.
package struct Sendmail: MessageSink {
  private let path: String
  private let timeout: Duration

  /// - Parameters:
  ///   - path: the program.
  ///   - timeout: the program is killed if it runs longer.
  package init(_ path: String, timeout: Duration = .seconds(300)) {
    self.path = path
    self.timeout = timeout
  }

  package func send(_ message: Message, to recipients: [String]) throws -> SendResult {
    let input = try FileDescriptor.memory(message.bytes)
    defer { try? input.close() }
    let errors = try FileDescriptor.memory()
    defer { try? errors.close() }
    let child: Child
    // Without a slash it would be looked for in PATH.
    let program = path.contains("/") ? path : "./\(path)"
    do { child = try Child([program, "-t", "-i"], input: input, errors: errors) } catch {
      throw MailError("cannot run \(path): \(error)", Child.exitStatus(of: error))
    }
    guard let end = child.end(within: timeout) else {
      throw MailError("\(path): did not end within \(timeout.components.seconds) s and was killed", .temporary)
    }
    if end != .exited(0) { throw failure(end, errors.text(limit: 4096)) }
    return SendResult(accepted: message.recipients)
  }

  package func check() throws {
    if unsafe access(path, X_OK) != 0 { throw MailError("cannot run \(path): \(Errno.current)", .configuration) }
  }

  /// The exit statuses of sendmail are those of sysexits.h.
  private func failure(_ end: Child.End, _ errors: String) -> MailError {
    let line = errors.split(whereSeparator: \.isNewline).joined(separator: " ")
    let detail = line.isEmpty ? "" : ": \(Phrase.excerpt(line, limit: 300))"
    switch end {
    case .exited(75), .exited(71): return MailError("\(path): deferred\(detail)", .temporary)
    case .exited(let status) where [74, 76, 77, 78].contains(status):
      return MailError("\(path): failed with status \(status)\(detail)", ExitStatus(rawValue: status) ?? .refused)
    case .exited(let status) where status < 128:
      return MailError("\(path): refused with status \(status)\(detail)", .refused)
    // A shell that ran the program reports its signal as a status.
    case .exited(let number), .signaled(let number):
      return MailError("\(path): ended by signal \(number & 0x7F)\(detail)", .temporary)
    }
  }
}
