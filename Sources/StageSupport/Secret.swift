import Glibc
import SystemPackage

/// A password or the like. It comes from a file or from the environment, and is never shown.
public struct Secret: Sendable {
  /// The secret itself, for those who must send it.
  public let value: String

  public init(_ value: String) { self.value = value }

  /// The secret in a file, without one line end at its end.
  public init(contentsOf path: String) throws {
    var bytes = try FileContents.read(path, limit: 64 << 10)
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
      throw SettingError("\(path): a secret has to be UTF-8 text")
    }
    guard !text.isEmpty else { throw SettingError("\(path): the file with the secret is empty") }
    value = text
  }

  /// Refuses a file with a secret that everybody on the machine can read.
  /// - Parameter flag: lets such a file pass, where the user is told of it.
  public static func refuseReadable(_ path: String, unless flag: String) throws(SettingError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IROTH != 0 else { return }
    throw SettingError("\(path): others can read this secret; run 'chmod 600 \(path)', or give \(flag)")
  }

  /// The secret that a file or else the environment holds.
  /// - Parameters:
  ///   - file: from the flag or the variable that ends in `_FILE`.
  ///   - variable: the variable with the secret itself.
  public static func find(file: String?, variable: String) throws -> Secret? {
    if let file { return try Secret(contentsOf: file) }
    return Environment.value(variable).map(Secret.init)
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
