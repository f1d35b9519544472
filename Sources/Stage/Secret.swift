import Files
import Glibc
import StageErrors
import SystemPackage

/// A password or another secret, from a file or from the environment. It is never shown.
public struct Secret: Sendable {
  public let value: String

  public init(_ value: String) { self.value = value }

  /// The secret in a file, without a byte order mark at its start and without one line end at its end.
  /// - Parameter allowsReadable: accept a file that every user of the machine can read.
  public init(contentsOf path: String, allowsReadable: Bool = false) throws {
    if !allowsReadable { try Self.refuseReadable(path) }
    var bytes = try FileContents.read(path, limit: 64 << 10)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SettingError("\(path): a secret has to be UTF-8 text")
    }
    guard !text.isEmpty else { throw SettingError("\(path): the file with the secret is empty") }
    value = text
  }

  private static func refuseReadable(_ path: String) throws(SettingError) {
    var status = stat()
    // If the file is missing, reading it gives the better message.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return }
    throw SettingError("\(path): others can read this secret; run 'chmod o= \(path)'")
  }

  /// The environment variables that hold secrets. Child processes must not inherit them.
  public static let variables = ["PS_CLIENT_SECRET", "SFTP_PASSWORD", "SMTP_PASSWORD"]
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
