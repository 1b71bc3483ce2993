#include "plugins/kit/runner.hpp"

#include "plugins/kit/subject.hpp"
#include "plugins/local_process.hpp"

#include <fairlead/error.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <utility>

namespace fairlead::kit {

namespace {

constexpr auto limit = std::chrono::seconds(120);
constexpr std::array words{"passed", "failed", "crashed", "skipped"};

std::string content(int file) {
  std::string text(65536, '\0');
  const auto got = ::pread(file, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

Finding read_finding(const std::string& said, int exit_code) {
  const auto line = said.find('\n');
  for (std::size_t i = 0; line != std::string::npos && i < words.size(); ++i) {
    if (said.substr(0, line) == words[i]) return {static_cast<Verdict>(i), said.substr(line + 1)};
  }
  return {Verdict::crashed, "it ended the process with status " + std::to_string(exit_code)};
}

}  // namespace

std::string_view word(Verdict verdict) { return words[static_cast<std::size_t>(verdict)]; }

Finding run_here(const Check& check, const Setup& setup) {
  try {
    check.run(setup);
    return {};
  } catch (const Skipped& skipped) {
    return {Verdict::skipped, skipped.what()};
  } catch (const Broken& broken) {
    return {Verdict::failed, broken.what()};
  } catch (const Error& error) {
    return {Verdict::failed, error.code() + ": " + error.message()};
  } catch (const std::exception& error) {
    return {Verdict::failed, error.what()};
  }
}

Finding run_apart(const std::string& program, const Check& check, const Setup& setup) {
  const UniqueFd answer(::memfd_create("finding", MFD_CLOEXEC));
  SpawnRequest request;
  request.argv = {program,        setup.library, "--only",    check.name, "--settings",
                  setup.settings, "--image",     setup.image, "--host",   setup.host};
  const auto process = start_process(request, {{}, UniqueFd(::dup(answer.get())), {}});
  const auto result = wait_process(process, -1, limit);
  if (result.end == ProcessEnd::timeout) {
    return {Verdict::failed, "it did not end within " + std::to_string(limit.count()) + " s"};
  }
  if (result.exit_code > 128) {
    const int signal = result.exit_code - 128;
    return {Verdict::crashed, "signal " + std::to_string(signal) + ", " + ::strsignal(signal)};
  }
  return read_finding(content(answer.get()), result.exit_code);
}

void answer_parent(const Check& check, const Setup& setup) {
  const UniqueFd answer(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  capture_output();
  const auto finding = run_here(check, setup);
  const auto text = std::string(word(finding.verdict)) + '\n' + finding.why;
  const auto written = ::write(answer.get(), text.data(), text.size());
  // Without destructors of the plugin's: threads of its own may still run.
  ::_exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

}  // namespace fairlead::kit
