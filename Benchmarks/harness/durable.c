// Runs a command whose standard output becomes FILE, and writes FILE as our stages write theirs: to a new file in the same
// directory, then fsync(2), rename(2), and fsync(2) of the directory. For peers, which do none of this by themselves.
//
// The exit status is that of the command, or 74 if FILE cannot be written. After a failure FILE is as it was before.
//
// usage: durable FILE COMMAND [ARGUMENT...]

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char part[PATH_MAX];

static void fail(const char *what) {
  perror(what);
  if (part[0]) unlink(part);
  exit(74);
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  const char *path = arguments[1];
  char copies[2][PATH_MAX];
  if (strlen(path) >= PATH_MAX) return 64;
  const char *directory = dirname(strcpy(copies[0], path)), *name = basename(strcpy(copies[1], path));
  if (snprintf(part, sizeof part, "%s/.%s.part-%d", directory, name, getpid()) >= (int)sizeof part) return 64;
  int file = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) fail(path);

  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    dup2(file, STDOUT_FILENO);
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) != child) fail("waitpid");
  if (status) {
    unlink(part);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  if (fsync(file) || rename(part, path)) fail(path);
  int parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0 || fsync(parent)) fail(directory);
  return 0;
}
