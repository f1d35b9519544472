// Calls of the C library that fail as they do on file systems that lack them: LACKS_RENAMEAT2=22 makes renameat2(2) fail with EINVAL.
// LACKS_COMES names a file that appears when another one is put on the disk.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int lacks(const char *variable) {
  const char *number = getenv(variable);
  if (number) errno = atoi(number);
  return number != NULL;
}

#define next(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

long syscall(long number, ...) {
  if (number == SYS_renameat2 && lacks("LACKS_RENAMEAT2")) return -1;
  va_list arguments;
  va_start(arguments, number);
  long list[6];
  for (int index = 0; index < 6; index++) list[index] = va_arg(arguments, long);
  va_end(arguments);
  return next(syscall)(number, list[0], list[1], list[2], list[3], list[4], list[5]);
}

int link(const char *from, const char *to) { return lacks("LACKS_LINK") ? -1 : next(link)(from, to); }

int rename(const char *from, const char *to) { return lacks("LACKS_RENAME") ? -1 : next(rename)(from, to); }

int fchmod(int file, mode_t mode) { return lacks("LACKS_FCHMOD") ? -1 : next(fchmod)(file, mode); }

int lstat(const char *path, struct stat *status) { return lacks("LACKS_LSTAT") ? -1 : next(lstat)(path, status); }

// The second name is not told any more.
struct dirent *readdir(DIR *directory) {
  static int count;
  if (getenv("LACKS_READDIR") && count++ == 1 && lacks("LACKS_READDIR")) return NULL;
  return next(readdir)(directory);
}

// libarchive has no memory for a zip, or for an entry of it.
void *archive_write_new(void) { return lacks("LACKS_ARCHIVE") ? NULL : next(archive_write_new)(); }

void *archive_entry_new(void) { return lacks("LACKS_ENTRY") ? NULL : next(archive_entry_new)(); }

int fsync(int file) {
  struct stat status;
  fstat(file, &status);
  if (lacks(S_ISDIR(status.st_mode) ? "LACKS_FSYNC_DIRECTORY" : "LACKS_FSYNC_FILE")) return -1;
  const char *other = getenv("LACKS_COMES");
  if (other && !S_ISDIR(status.st_mode)) {
    int coming = open(other, O_CREAT | O_EXCL | O_WRONLY, 0644);
    if (coming >= 0 && write(coming, "comes", 5) == 5) close(coming);
  }
  return next(fsync)(file);
}
