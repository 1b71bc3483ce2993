/* join PID UID GID GROUPS FOLDER ARGV...: runs ARGV in the namespaces of PID, or, with PID 0, right
   here. GROUPS is "5,7" or "-". Signals to our group reach the command alone: we wait for it and
   end as it did. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  _exit(125);
}

static void enter(const char *pid) {
  const char *names[] = {"net", "ipc", "uts", "pid", "mnt"};
  int fds[5];
  char path[64];
  size_t i;
  for (i = 0; i < 5; i++) {
    snprintf(path, sizeof path, "/proc/%s/ns/%s", pid, names[i]);
    fds[i] = open(path, O_RDONLY | O_CLOEXEC);
    if (fds[i] < 0) fail("the sandbox is gone");
  }
  snprintf(path, sizeof path, "/proc/%s/root", pid);
  {
    const int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) fail("the sandbox has no root");
    for (i = 0; i < 5; i++) {
      if (setns(fds[i], 0) != 0) fail("cannot join the sandbox");
    }
    if (fchdir(root) != 0 || chroot(".") != 0) fail("cannot enter its root");
  }
}

static void become(char **argv) {
  gid_t groups[64];
  size_t count = 0;
  char *word = strtok(argv[4], ",");
  for (; word != NULL && strcmp(word, "-") != 0 && count < 64; word = strtok(NULL, ",")) {
    groups[count++] = (gid_t)atoi(word);
  }
  if (setgroups(count, groups) != 0 || setgid((gid_t)atoi(argv[3])) != 0 ||
      setuid((uid_t)atoi(argv[2])) != 0) {
    fail("cannot become the user");
  }
  if (chdir(argv[5]) != 0) {
    fprintf(stderr, "chdir to \"%s\": %s\n", argv[5], strerror(errno));
    _exit(126);
  }
  execvp(argv[6], argv + 6);
  fprintf(stderr, "exec: \"%s\": %s\n", argv[6], strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

int main(int argc, char **argv) {
  int status = 0;
  int number;
  pid_t child;
  if (argc < 7) return 125;
  if (strcmp(argv[1], "0") == 0) become(argv);
  enter(argv[1]);
  child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(argv);
  for (number = 1; number < 32; number++) {
    if (number != SIGCHLD) signal(number, SIG_IGN);
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
