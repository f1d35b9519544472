#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// glibc declares these calls only under _GNU_SOURCE, without which Swift's Glibc module is built.

// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST where the new name is taken.
static inline int linux_rename_noreplace(const char *from, const char *to) {
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1);
}

// memfd_create(2) with MFD_CLOEXEC: a file without a name, in memory.
static inline int linux_memory_file(const char *label) {
  return (int)syscall(SYS_memfd_create, label, 1);
}

// pidfd_open(2): a file that is readable when the process has ended.
static inline int linux_process_file(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}

// fcntl(2) with F_SETPIPE_SZ: room for so many bytes, where the file is a pipe and the system grants it.
static inline void linux_widen_pipe(int file, int size) { fcntl(file, 1031, size); }

// fallocate(2) with FALLOC_FL_KEEP_SIZE: room on the disk for so many bytes behind the end of the file.
static inline int linux_reserve(int file, off_t count) {
  off_t end = lseek(file, 0, SEEK_END);
  return end < 0 ? -1 : (int)syscall(SYS_fallocate, file, 1, end, count);
}

// close_range(2) with CLOSE_RANGE_CLOEXEC: no file from this number on is inherited by a program that is started.
static inline int linux_keep_from_children(unsigned first) {
  return (int)syscall(SYS_close_range, first, ~0u, 4);
}

// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: begins to put bytes on the disk, and does not wait for it.
static inline void linux_begin_writeback(int file, off_t start, off_t count) {
  syscall(SYS_sync_file_range, file, start, count, 2);
}

// memmem(3): the first occurrence of some bytes, or NULL.
void *memmem(const void *bytes, size_t count, const void *wanted, size_t length);
