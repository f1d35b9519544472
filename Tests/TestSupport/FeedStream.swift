import Digest
import Foundation

/// A stream as feed-zip ends it, for tests of what comes behind.
public struct FeedStream {
  /// Its lines, which a test may change.
  public var lines: [String]

  /// The stream of a whole night with these zips in it.
  /// - Parameter users: how many are in each of them.
  public init(zips: [String], users: Int = 2) throws {
    let sum = users * zips.count
    lines = [
      #"{"kind":"feed","status":"E","since":"2026-11-21","until":"2026-11-22","source":"test","started":"2026-11-22T00:45:00Z"}"#,
      #"{"kind":"summary","stage":"ps-fetch","complete":true,"people":\#(sum + 2),"seconds":0}"#,
      #"{"kind":"reject","verdict":"rejected","line":2,"emplid":"9","reasons":[{"code":"no_expiration_date","field":"x","message":"y"}],"record":{"EMPLID":"9"}}"#,
      #"{"kind":"summary","stage":"patron-validate","complete":true,"people":\#(sum + 2),"accepted":\#(sum),"rejected":1,"excluded":1,"warned":0,"seconds":0}"#,
      #"{"kind":"summary","stage":"patron-to-xml","complete":true,"people":\#(sum),"users":\#(sum),"files":\#(zips.count),"seconds":0}"#,
    ]
    var bytes = 0
    for zip in zips {
      let data = try Data(contentsOf: URL(fileURLWithPath: zip))
      bytes += data.count
      lines.append(
        #"{"kind":"file","path":"\#(zip)","format":"zip","users":\#(users),"bytes":\#(data.count),"sha256":"\#(Self.digest(data))","entries":1}"#
      )
    }
    lines.append(
      #"{"kind":"summary","stage":"feed-zip","complete":true,"users":\#(sum),"files":\#(zips.count),"zips":\#(zips.count),"bytes":\#(bytes),"seconds":0}"#
    )
  }

  /// The stream as bytes.
  public var data: Data { Data(lines.map { $0 + "\n" }.joined().utf8) }

  /// The stream with a text in it replaced wherever it stands.
  public func replacing(_ text: String, with other: String) -> FeedStream {
    var copy = self
    copy.lines = lines.map { $0.replacingOccurrences(of: text, with: other) }
    return copy
  }

  public static func digest(_ data: Data) -> String {
    var digest = SHA256()
    digest.update([UInt8](data).span)
    return digest.finish()
  }
}
