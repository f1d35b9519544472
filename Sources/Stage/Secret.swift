import Files
import Glibc
import StageErrors

/// A password or another secret, from a file or from the environment. It is never shown.
package struct Secret: Sendable {
  package let value: String

  package init(_ value: String) { self.value = value }

  /// The secret in a file, without a byte order mark at its start and without one line end at its end.
  /// - Parameter allowsReadable: accept a file that every user of the machine can read.
  package init(contentsOf path: String, allowsReadable: Bool = false) throws {
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

  /// The path of a file that holds a secret. `credential:NAME` stands for a credential that systemd passes to a
  /// service: `$CREDENTIALS_DIRECTORY/NAME`, see systemd.exec(5).
  /// - Throws: if the name is wrong, or if there is no such variable.
  package static func path(of file: String) throws -> String {
    let scheme = "credential:"
    guard file.hasPrefix(scheme) else { return file }
    let name = file.dropFirst(scheme.count)
    let letters = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard letters, !["", ".", ".."].contains(name) else {
      throw SettingError(
        "\(Diagnostics.escaped(file)): the name of a credential has only letters, digits, '.', '_' and '-'")
    }
    guard let directory = Environment.value("CREDENTIALS_DIRECTORY") else {
      throw SettingError(
        "\(file): CREDENTIALS_DIRECTORY is not set; systemd sets it for a unit with LoadCredential=\(name):FILE")
    }
    return "\(directory)/\(name)"
  }

  private static func refuseReadable(_ path: String) throws(SettingError) {
    var status = stat()
    // If the file is missing, reading it gives the better message.
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return }
    throw SettingError("\(path): others can read this secret; run 'chmod o= \(path)'")
  }

  /// The environment variables that hold secrets. Child processes must not inherit them.
  package static let variables = [
    "PS_CLIENT_SECRET", "SFTP_PASSWORD", "SMTP_PASSWORD", "ALMA_API_KEY", "ALMA_PEOPLE_PING",
  ]
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
