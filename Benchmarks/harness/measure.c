// Runs a command and tells, on the file descriptor FD, what it and all its descendants cost:
// status, wall seconds, user seconds, system seconds, and the peak memory of the largest process in KiB.
//
// A program of its own, and small: a child that Python forks begins with Python's memory, and its peak says so ever after.
//
// usage: measure FD COMMAND [ARGUMENT...]

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int count, char **arguments) {
  if (count < 3) return 64;
  int report = atoi(arguments[1]);
  double start = now();
  pid_t child = fork();
  if (child == 0) {
    close(report);
    execvp(arguments[2], arguments + 2);
    perror(arguments[2]);
    _exit(127);
  }
  int status;
  struct rusage usage;
  if (child < 0 || wait4(child, &status, 0, &usage) != child) return 71;
  double wall = now() - start;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  dprintf(report, "%d %.6f %.6f %.6f %ld\n", code, wall, seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss);
  return 0;
}
