#pragma once

#include "plugins/kit/check.hpp"

#include <string>
#include <string_view>

namespace fairlead::kit {

enum class Verdict { passed, failed, crashed, skipped };

std::string_view word(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::passed;
  std::string why;  ///< empty when passed
};

/// Runs `check` in this process.
Finding run_here(const Check& check, const Setup& setup);

/// Runs it by a child of `program` (this program itself), which is given two minutes.
Finding run_apart(const std::string& program, const Check& check, const Setup& setup);

/// The child's side: its standard output is where the finding goes, what the plugin prints is kept
/// apart. Ends the process.
[[noreturn]] void answer_parent(const Check& check, const Setup& setup);

}  // namespace fairlead::kit
