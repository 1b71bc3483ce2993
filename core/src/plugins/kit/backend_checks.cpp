#include "plugins/kit/backend_subject.hpp"
#include "plugins/kit/opened.hpp"

#include <fairlead/error.hpp>

#include <unistd.h>

#include <algorithm>

namespace fairlead::kit {

namespace {

std::unique_ptr<Backend> open_backend(Opened& opened) {
  opened.need(FAIRLEAD_BACKEND_V1);
  const auto& manifest = opened.manifest();
  require(!manifest.backends.empty(), "its manifest names no backend");
  return opened.registry().open_backend(manifest.backends.front(), local_host(), opened.settings());
}

void answers_probe(const Setup& setup) {
  Opened opened(setup);
  const auto backend = open_backend(opened);
  try {
    const auto reply = backend->probe({}, {});
    require(!reply.engine.empty(), "'probe' does not say what engine answers");
  } catch (const Error& error) {
    // No engine is there: it has to say so in the words that the core looks for.
    require(error.status() == Status::unavailable || error.status() == Status::denied,
            "'probe' fails with " + error.code() + ": " + error.message());
  }
}

/// Fetches the image where the backend does not have it and can. One without images is left alone.
void need_image(Backend& backend, const std::string& image) {
  try {
    backend.inspect_image({.image = image, .platform = {}}, {});
  } catch (const Error& error) {
    if (error.status() != Status::not_found) return;
    backend.pull_image({.image = image, .platform = {}, .credentials = {}}, {});
  }
}

void with_instances(const Setup& setup, const std::string& name) {
  Opened opened(setup);
  const auto backend = open_backend(opened);
  if (setup.image.empty()) throw Skipped("no image to try it with (--image)");
  const auto& scenarios = opened.manifest().scenarios;
  if (std::ranges::find(scenarios, "image") == scenarios.end()) {
    throw Skipped("it runs no images by themselves");
  }
  try {
    backend->probe({}, {});
  } catch (const Error& error) {
    throw Skipped("its engine does not answer: " + error.message());
  }
  need_image(*backend, setup.image);
  BackendSubject subject(*backend);
  const auto result = conformance::run_check(
      name, subject, {.image = setup.image, .mark = "kit-" + std::to_string(::getpid())});
  if (result.outcome == conformance::Outcome::absent) throw Skipped(result.why);
  require(result.outcome == conformance::Outcome::passed, result.why);
}

}  // namespace

void add_backend_checks(std::vector<Check>& checks) {
  checks.push_back(
      {"backend.probe", "says what its engine is, or that there is none", answers_probe});
  for (const auto& name : conformance::check_names()) {
    checks.push_back({"backend." + conformance::dotted(name), name,
                      [name](const Setup& setup) { with_instances(setup, name); }});
  }
}

}  // namespace fairlead::kit
