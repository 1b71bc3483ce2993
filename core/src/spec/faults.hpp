#pragma once

#include <fairlead/config.hpp>
#include <fairlead/diagnostic.hpp>

#include <string>
#include <vector>

namespace fairlead {

/// Something found at one place of a document.
struct Fault {
  std::string pointer;  ///< JSON pointer to its value
  Severity severity = Severity::error;
  std::string code = "config.value";
  std::string message;
  std::string hint = {};
  bool at_name = false;  ///< the place is the member's name
};

/// What is found in one document. Advice (warnings and notes) is kept only where it is wanted:
/// reading a configuration that is about to run does not pay for it.
class Faults {
 public:
  explicit Faults(bool with_advice = false) : with_advice_(with_advice) {}

  /// Nobody reads more than this, and finding each place costs a walk through the text.
  static constexpr std::size_t limit = 200;

  bool wants_advice() const { return with_advice_ && faults_.size() < limit; }
  void add(Fault fault) {
    if (faults_.size() >= limit) return;
    if (fault.severity == Severity::error || with_advice_) faults_.push_back(std::move(fault));
  }
  bool empty() const { return faults_.empty(); }
  const std::vector<Fault>& all() const { return faults_; }

  /// Forgets what `unwanted` is true for.
  template <typename Predicate>
  void remove_if(Predicate unwanted) {
    std::erase_if(faults_, unwanted);
  }

  /// All of them with their places, in the order of the file. `source` may be null.
  std::vector<Diagnostic> diagnostics(const SourceMap* source) const;

  /// Throws one Error "config.invalid" that names all errors, in the order of the file; nothing
  /// when there are none.
  void throw_if_any(const SourceMap* source, const std::string& subject) const;

 private:
  bool with_advice_;
  std::vector<Fault> faults_;
};

}  // namespace fairlead
