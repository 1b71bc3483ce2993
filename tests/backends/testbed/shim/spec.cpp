#include "spec.hpp"

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace fairlead::testbed {
namespace {

class Words {
 public:
  Words(int count, char** words) : next_(words + 1), end_(words + count) {}
  bool done() const { return next_ == end_; }
  char** rest() const { return next_; }
  std::string_view take() {
    if (done()) throw std::runtime_error("a value is missing");
    return *next_++;
  }
  std::string text() { return std::string(take()); }
  int number() { return std::atoi(text().c_str()); }

 private:
  char** next_;
  char** end_;
};

void take_option(ShimSpec& spec, std::string_view name, Words& words) {
  if (name == "--terminal") {
    spec.terminal = true;
  } else if (name == "--join") {
    spec.join = true;
    spec.pid = words.number();
  } else if (name == "--root") {
    spec.root = words.text();
  } else if (name == "--record") {
    spec.record = words.text();
  } else if (name == "--user") {
    spec.user = words.text();
  } else if (name == "--directory") {
    spec.directory = words.text();
  } else if (name == "--status-fd") {
    spec.status_fd = words.number();
  } else if (name == "--hold-fd") {
    spec.hold_fd = words.number();
  } else if (name == "--bind" || name == "--bind-read-only") {
    Binding binding{words.text(), words.text(), name != "--bind"};
    spec.bindings.push_back(std::move(binding));
  } else if (name == "--tmpfs") {
    spec.tmpfs.push_back(words.text());
  } else {
    throw std::runtime_error("unknown word " + std::string(name));
  }
}

}  // namespace

ShimSpec parse_spec(int argc, char** argv) {
  ShimSpec spec;
  Words words(argc, argv);
  while (true) {
    const std::string_view name = words.take();
    if (name == "--") break;
    take_option(spec, name, words);
  }
  if (words.done()) throw std::runtime_error("no command");
  for (char** word = words.rest(); *word != nullptr; ++word) spec.argv.push_back(*word);
  spec.argv.push_back(nullptr);
  return spec;
}

}  // namespace fairlead::testbed
