import StageErrors
import Testing
import Transfer

@Suite struct DropLocationTests {
  @Test(arguments: [
    ("file:///srv/drop", "file:///srv/drop"), ("file:///srv//drop/", "file:///srv/drop"),
    ("FILE://localhost/srv/drop", "file:///srv/drop"), ("file:///", "file:///"),
    ("file:///srv/a%20b", "file:///srv/a%20b"), ("file:///srv/é", "file:///srv/%C3%A9"),
  ])
  func `a directory is named by its URL`(url: String, expected: String) throws {
    #expect(try DropLocation(url: url).description == expected)
  }

  @Test func `a file in it has a URL of its own`() throws {
    #expect(try DropLocation(url: "file:///srv/drop").url(of: "a b.zip") == "file:///srv/drop/a%20b.zip")
    #expect(try DropLocation(url: "file:///").url(of: "a.zip") == "file:///a.zip")
  }

  @Test(arguments: [
    "", "/srv/drop", "srv", "file://srv/drop", "file:///a%2", "file:///a%00", "file:///a?b", "ftp://host/a", "://",
    "file://",
  ])
  func `a URL of no drop directory is refused as bad usage`(url: String) {
    #expect { try DropLocation(url: url) } throws: { ($0 as? any StageError)?.exitStatus == .usage }
  }
}

extension DropLocationTests {
  @Test(arguments: [
    ("sftp://alma@lib-sftp.example.edu/alma/people", "sftp://alma@lib-sftp.example.edu/alma/people"),
    ("sftp://lib/x//y/", "sftp://lib/x/y"), ("sftp://lib/~/x", "sftp://lib/~/x"), ("sftp://lib/~/", "sftp://lib/~"),
    ("sftp://lib:2222/", "sftp://lib:2222/"), ("sftp://[::1]:22/a%20b", "sftp://[::1]:22/a%20b"),
    ("sftp://a%40b@lib/x", "sftp://a@b@lib/x"),
  ])
  func `a server's directory is named by its URL`(url: String, expected: String) throws {
    #expect(try DropLocation(url: url).description == expected)
  }

  @Test func `a file on a server has a URL of its own`() throws {
    #expect(try DropLocation(url: "sftp://lib/~").url(of: "a.zip") == "sftp://lib/~/a.zip")
    #expect(try DropLocation(url: "sftp://lib/").url(of: "a.zip") == "sftp://lib/a.zip")
  }

  @Test(arguments: [
    "sftp://lib", "sftp:///x", "sftp://-oProxyCommand=x/y", "sftp://-x@lib/y", "sftp://lib:0/x", "sftp://lib:99999/x",
    "sftp://lib:ssh/x",
    "sftp://lib:+22/x", "sftp://lib/%+1x", "sftp://[::1/x", "sftp://a:secret@lib/x", "sftp://a b@lib/x",
    "sftp://a%2@lib/x",
    "sftp://lib/x?y",
  ])
  func `a user or host that ssh could misunderstand is refused as bad usage`(url: String) {
    #expect { try DropLocation(url: url) } throws: {
      ($0 as? any StageError)?.exitStatus == .usage && !"\($0)".contains("secret")
    }
  }
}
