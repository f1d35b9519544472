import StageErrors
import Testing

@testable import SFTP

@Suite struct SFTPPacketTests {
  @Test func `a request has its length, type, number and fields`() {
    var request = SFTPRequest(.write, id: 0x0102_0304)
    request.add("ab")
    request.add(0x1_0000_0002 as UInt64)
    request.add([7])
    #expect(
      request.finish() == [
        0, 0, 0, 24, 6, 1, 2, 3, 4, 0, 0, 0, 2, 0x61, 0x62, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 7,
      ])
  }

  @Test func `all attributes are parsed, also those that are not used`() throws {
    let flags: [UInt8] = [0x80, 0, 0, 0x0F]
    let fields: [UInt8] =
      [0, 0, 0, 1, 0, 0, 0, 0] + [0, 0, 0, 1, 0, 0, 0, 2] + [0, 0, 0x81, 0xA4] + [0, 0, 0, 5, 0, 0, 0, 6]
      + [0, 0, 0, 1, 0, 0, 0, 1, 65, 0, 0, 0, 0]
    var answer = try SFTPReply([105, 0, 0, 0, 1] + flags + fields)
    let attributes = try answer.attributes()
    #expect(attributes == SFTPAttributes(size: 1 << 32, permissions: 0o100644, modified: 6))
    #expect(attributes.mayBeFile && !attributes.mayBeDirectory && answer.isAtEnd)
  }

  @Test(
    arguments: [
      (nil, true, true), (0o644, true, true), (0o100644, true, false), (0o040755, false, true),
      (0o120777, false, false),
    ] as [(UInt32?, Bool, Bool)])
  func `a type that is not sent may be any`(permissions: UInt32?, file: Bool, directory: Bool) {
    let attributes = SFTPAttributes(permissions: permissions)
    #expect(attributes.mayBeFile == file && attributes.mayBeDirectory == directory)
  }

  @Test(
    arguments: [
      [], [105], [250, 0, 0, 0, 1], [105, 0, 0, 0, 1], [105, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0],
    ] as [[UInt8]])
  func `a packet that is cut or of an unknown type is malformed`(bytes: [UInt8]) {
    #expect(throws: SFTPReply.Malformed.self) {
      var answer = try SFTPReply(bytes[...])
      _ = try answer.attributes()
    }
  }

  @Test(arguments: [
    (2, "", false, StageErrors.ExitStatus.cannotCreate), (3, "", false, .accessDenied),
    (4, "Failure", false, .inputOutput),
    (4, "Failure", true, .cannotCreate), (4, "Quota exceeded", true, .inputOutput), (8, "", false, .refused),
    (7, "", false, .temporary), (5, "", false, .protocolViolation), (15, "", true, .inputOutput),
  ])
  func `a refusal has a status`(code: UInt32, message: String, creates: Bool, status: StageErrors.ExitStatus) {
    #expect(SFTPStatus(code: code, message: message).exitStatus(creating: creates) == status)
  }
}
