// fairlead-plugin-probe LIBRARY: loads one plugin library in this process, so that it may crash
// here, and says on standard output "ok" or what is wrong with it.

#include "plugins/library.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fairlead-plugin-probe LIBRARY\n", stderr);
    return 2;
  }
  // What the plugin's own constructors print is not the answer.
  const int answer = ::dup(STDOUT_FILENO);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);

  std::string verdict = "ok";
  try {
    fairlead::load_library(argv[1]);
  } catch (const fairlead::Error& problem) {
    verdict = problem.message();
  }
  verdict += '\n';
  const auto written = ::write(answer, verdict.data(), verdict.size());
  // Without destructors of the plugin's: whether those are sound is not the question.
  ::_exit(verdict == "ok\n" && written > 0 ? 0 : 1);
}
