/* Reads a folder's configuration, brings its dev container up and runs a command in it, in C. */
#include <fairlead/fairlead.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A real program would use its JSON library here; this one shows the messages as they are. */
static void on_message(void* user, const char* message, size_t size) {
  (void)user;
  (void)size;
  if (strstr(message, "\"method\":\"log\"") != NULL) fprintf(stderr, "%.120s\n", message);
  if (strstr(message, "\"method\":\"output\"") != NULL) printf("%s\n", message);
}

/* Returns whether the request succeeded. */
static int ask(fairlead_engine* engine, const char* method, const char* params) {
  char* answer = fairlead_call(engine, method, params, -1);
  const int good = answer != NULL && strstr(answer, "\"error\":{") == NULL;
  fprintf(good ? stdout : stderr, "%s: %s\n", method, answer == NULL ? "no memory" : answer);
  fairlead_free(answer);
  return good;
}

int main(int argc, char** argv) {
  char folder[4096];
  char params[8192];
  if (argc != 2 || realpath(argv[1], folder) == NULL || strpbrk(folder, "\"\\") != NULL) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  fairlead_engine* engine = fairlead_open(on_message, NULL, NULL);
  if (engine == NULL) return 1;
  snprintf(params, sizeof params, "{\"workingDirectory\":\"%s\",\"log\":\"info\"}", folder);
  int good = ask(engine, "initialize", params);
  snprintf(params, sizeof params, "{\"workspaceFolder\":\"%s\"}", folder);
  good = good && ask(engine, "read-configuration", params) && ask(engine, "up", params);
  snprintf(params, sizeof params,
           "{\"workspaceFolder\":\"%s\",\"cmd\":[\"sh\",\"-c\",\"echo hello from $(id -un)\"]}",
           folder);
  good = good && ask(engine, "exec", params);
  fairlead_close(engine);
  return good ? 0 : 1;
}
