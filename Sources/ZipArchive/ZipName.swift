import Encodings
import SystemPackage

/// The name of a zip: that of the XML in it, without the number that is added if there are several files.
///
/// `alma_people_2026-11-22_E_001.xml` and the files after it give `alma_people_2026-11-22_E.xml.zip`; the second zip
/// has `_2` before `.xml`. The number at the end of a single document is a part of its name, and is kept.
struct ZipName {
  private let directory: FilePath
  private let stem: String
  private let suffix: String
  /// Without `.xml`.
  private let document: String

  /// - Parameters:
  ///   - document: the path of the first XML file.
  ///   - directory: the directory of the zip; nil for that of the XML.
  init(document: String, directory: String?) {
    let path = FilePath(document)
    let name = path.lastComponent?.string ?? ""
    self.directory = directory.map { FilePath($0) } ?? path.removingLastComponent()
    suffix = name.hasSuffix(".xml") ? ".xml" : ""
    self.document = String(name.dropLast(suffix.count))
    stem = Self.withoutNumber(self.document)
  }

  /// The path of the zip if there is only one document.
  var pathOfOneDocument: String { directory.appending("\(document)\(suffix).zip").string }

  /// The path of a zip by its number, from 1.
  func path(number: Int) -> String {
    directory.appending("\(stem)\(number == 1 ? "" : "_\(number)")\(suffix).zip").string
  }

  private static func withoutNumber(_ stem: String) -> String {
    let number = stem.utf8.suffix(4)
    guard stem.utf8.count > 4, number.first == UInt8(ascii: "_"), number.dropFirst().allSatisfy(\.isASCIIDigit) else {
      return stem
    }
    return String(stem.dropLast(4))
  }
}
