import Foundation
import RecordStream
import StageSupport
import TestSupport
import Testing

@testable import Transfer

@Suite struct LedgerFileTests {
  let directory: TemporaryDirectory
  let record = DeliveryRecord(outcome: .delivered, status: "E")
  let line = #"{"kind":"delivery","outcome":"delivered","status":"E"}"# + "\n"

  init() throws { directory = try TemporaryDirectory() }

  @Test func `a ledger is made where it is absent, for its owner alone`() throws {
    try LedgerFile(directory.path("ledger")).append([record, record])
    #expect(try directory.read("ledger") == Data((line + line).utf8))
    let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("ledger"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func `records are appended`() throws {
    try directory.write("ledger", "before\n")
    try LedgerFile(directory.path("ledger")).append([record])
    #expect(try directory.read("ledger") == Data(("before\n" + line).utf8))
  }

  @Test func `a last line that was cut is ended first`() throws {
    try directory.write("ledger", "{\"kind\":\"deliv")
    try LedgerFile(directory.path("ledger")).append([record])
    #expect(try directory.read("ledger") == Data(("{\"kind\":\"deliv\n" + line).utf8))
  }

  @Test func `a full disk is told`() throws {
    #expect { try LedgerFile("/dev/full").append([record]) } throws: { error in
      (error as? FileError)?.exitStatus == .inputOutput && "\(error)".contains("No space left on device")
    }
  }

  @Test func `a directory that is missing is told before the upload`() {
    #expect { _ = try LedgerFile("/nonexistent/ledger") } throws: { ($0 as? FileError)?.exitStatus == .cannotCreate }
  }
}
