/*
 * killer: runs a program, and kills it or what it belongs to right before, or right after, its n-th system call that changes
 * something. It is exact: it is told of each call by ptrace(2), for all threads of the program.
 *
 * It is linked into a directory under the name of the program, NAME, beside a symbolic link NAME.real to the program itself and a
 * file `plan`, of one line:
 *
 *   NAME INVOCATION N before|after self|script|group SIGNAL alone|all
 *
 * In the INVOCATION-th start of NAME in that directory, the N-th call sends SIGNAL to the program itself, to the script (the leader
 * of the session) or to the process group of the script. With `all`, the calls of all descendants are counted too. N = 0 only counts.
 * Afterwards NAME.calls has a line "INVOCATION CALLS" for each start that was watched, and `killed` says where the signal was sent.
 *
 * The program keeps the process id under which it was started, so whoever waits for it sees its own exit status. The one who
 * watches is a process of its own, in a session of its own, without any of the program's descriptors.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct call {
  long number;
  const char *name;
  int flags; /* the index of the argument with the flags of open(2), or -1: such a call changes something with O_CREAT or O_TRUNC */
} calls[] = {
#define CALL(name) {SYS_##name, #name, -1}
#ifdef SYS_open
    {SYS_open, "open", 1}, CALL(creat), CALL(rename), CALL(link), CALL(unlink), CALL(mkdir), CALL(rmdir), CALL(symlink), CALL(chmod),
#endif
#ifdef SYS_renameat
    CALL(renameat),
#endif
    {SYS_openat, "openat", 2}, CALL(renameat2), CALL(linkat), CALL(unlinkat), CALL(mkdirat), CALL(symlinkat), CALL(fchmod),
    CALL(fchmodat), CALL(write), CALL(writev), CALL(pwrite64), CALL(pwritev), CALL(sendto), CALL(sendmsg), CALL(sendfile),
    CALL(splice), CALL(copy_file_range), CALL(truncate), CALL(ftruncate), CALL(fallocate), CALL(fsync), CALL(fdatasync),
    CALL(sync_file_range), CALL(utimensat), CALL(exit_group),
};

static const struct call *changing(const struct __ptrace_syscall_info *info) {
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
    if (calls[i].number == (long)info->entry.nr)
      return calls[i].flags < 0 || info->entry.args[calls[i].flags] & (O_CREAT | O_TRUNC) ? &calls[i] : NULL;
  return NULL;
}

static char directory[PATH_MAX], name[NAME_MAX];
static struct {
  char name[NAME_MAX], when[8], target[8], scope[8];
  int invocation, signal;
  long at;
} plan;

static void die(const char *what) {
  fprintf(stderr, "killer: %s: %s: %s\n", name, what, strerror(errno));
  _exit(70);
}

static FILE *file(const char *base, const char *suffix, const char *mode) {
  char path[PATH_MAX + NAME_MAX + 16];
  snprintf(path, sizeof path, "%s/%s%s", directory, base, suffix);
  return fopen(path, mode);
}

static void fire(pid_t program, pid_t script, pid_t group, const struct call *call) {
  FILE *log = file("killed", "", "w");
  if (log) {
    fprintf(log, "%s %d %ld %s %s\n", name, plan.invocation, plan.at, plan.when, call->name);
    fclose(log);
  }
  switch (plan.target[1]) {
  case 'e': kill(program, plan.signal); break;
  case 'c': kill(script, plan.signal); break;
  default: kill(-group, plan.signal);
  }
}

/* Follows the program until nobody of it is left. */
static void watch(pid_t program, pid_t script, pid_t group, int ready) {
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (plan.scope[1] == 'l' && plan.scope[2] == 'l') options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
  if (ptrace(PTRACE_SEIZE, program, 0, options) != 0 || ptrace(PTRACE_INTERRUPT, program, 0, 0) != 0) die("ptrace");
  long count = 0;
  pid_t marked = 0; /* the thread that is in the N-th call */
  const struct call *mark = NULL;
  int has_begun = 0, status;
  for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
    if (thread <= 0 || !WIFSTOPPED(status)) continue;
    int signal = WSTOPSIG(status), event = status >> 16;
    if (signal == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info info;
      signal = 0;
      if (has_begun && ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0) {
        const struct call *call;
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY && (call = changing(&info)) && ++count == plan.at) {
          if (plan.when[0] == 'b') fire(program, script, group, call);
          else marked = thread, mark = call;
        } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && thread == marked) {
          fire(program, script, group, mark);
          marked = 0;
        }
      }
    } else if (event == PTRACE_EVENT_STOP && (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
      ptrace(PTRACE_LISTEN, thread, 0, 0);
      continue;
    } else if (event) {
      if (event == PTRACE_EVENT_EXEC) has_begun = 1;
      signal = 0;
      if (ready >= 0 && thread == program) {
        if (write(ready, "", 1) != 1) _exit(70);
        close(ready);
        ready = -1;
      }
    }
    ptrace(PTRACE_SYSCALL, thread, 0, (long)signal);
  }
  FILE *log = file(name, ".calls", "a");
  if (log) {
    fprintf(log, "%d %ld\n", plan.invocation, count);
    fclose(log);
  }
}

/* Which start of the program this is, from 1. */
static int invocation(void) {
  FILE *starts = file(name, ".starts", "a");
  if (!starts || fputc('.', starts) == EOF || fflush(starts) != 0) die("counting starts");
  struct stat information;
  if (fstat(fileno(starts), &information) != 0) die("counting starts");
  fclose(starts);
  return (int)information.st_size;
}

int main(int argc, char **argv) {
  (void)argc;
  char self[PATH_MAX], real[PATH_MAX + NAME_MAX + 16];
  snprintf(name, sizeof name, "%s", basename(strdupa(argv[0])));
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) die("/proc/self/exe");
  self[length] = 0;
  snprintf(directory, sizeof directory, "%s", dirname(self));
  snprintf(real, sizeof real, "%s/%s.real", directory, name);
  char *program = realpath(real, NULL);
  if (!program) die(real);
  FILE *lines = file("plan", "", "r");
  if (!lines || fscanf(lines, "%254s %d %ld %7s %7s %d %7s", plan.name, &plan.invocation, &plan.at, plan.when, plan.target,
                       &plan.signal, plan.scope) != 7)
    die("plan");
  fclose(lines);

  if (strcmp(plan.name, name) == 0 && invocation() == plan.invocation) {
    int ready[2];
    char byte;
    pid_t script = getsid(0), group = getpgrp(), watched = getpid();
    if (pipe2(ready, O_CLOEXEC) != 0) die("pipe");
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
      /* Not a child of the program, which could wait for it. */
      if (fork() != 0) _exit(0);
      setsid();
      if (dup2(ready[1], 0) != 0) _exit(70);
      close_range(1, ~0U, 0);
      watch(watched, script, group, 0);
      _exit(0);
    }
    waitpid(child, NULL, 0);
    close(ready[1]);
    ssize_t got;
    while ((got = read(ready[0], &byte, 1)) < 0 && errno == EINTR) continue;
    if (got != 1) die("nobody watches");
  }
  argv[0] = program;
  execv(program, argv);
  die(program);
}
