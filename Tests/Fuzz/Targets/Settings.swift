import Calendar
import Files
import Foundation
import SFTP
import Transfer

extension FuzzTarget {
  /// What people write into settings: places, days, lists of codes.
  static let settings = FuzzTarget("settings") { input in
    let text = String(decoding: input, as: UTF8.self)
    if let location = try? DropLocation(url: text) {
      try require(
        (try? DropLocation(url: location.description)) == location, "a place is read as it is shown: \(location)")
      if case .server(let destination, _) = location {
        try require(!destination.host.hasPrefix("-") && destination.user?.hasPrefix("-") != true, "a host is no option")
      }
    }
    if let day = Day(text) { try require(day.description == text, "a day is written as it was read") }
    if let instant = Instant(text) {
      try require(Instant(instant.description) == instant, "a moment is the same again")
    }
    let file = try MemoryFile()
    try file.write(input)
    if let codes = try? FileContents.readList(file.path) {
      try require(
        codes.allSatisfy { !$0.isEmpty && !$0.contains(where: \.isNewline) && !$0.hasPrefix("#") }, "a code is a line")
    }
  }
}
