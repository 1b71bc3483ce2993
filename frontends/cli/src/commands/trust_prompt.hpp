#pragma once

#include "questions.hpp"
#include "session.hpp"

#include <fairlead/core.hpp>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace fairlead::cli {

/// Who answers instead of a person at the session's terminal; null: nobody does.
std::shared_ptr<Questions> questions_of(const Arguments& arguments);

/// Yes or no, from the caller or on the terminal; where there is nobody to ask, `refusal` is said,
/// and it is no.
bool agrees(const Arguments& arguments, const Session& session, const std::string& question,
            const std::string& refusal, const std::stop_token& stop);

/// Asks the caller, or on the terminal; empty where there is nobody to ask. `session` outlives it.
std::function<bool(const TrustQuestion&, std::stop_token)> trust_prompt(const Arguments& arguments,
                                                                        const Session& session);

/// Reads a line from the terminal; true for "y" and "yes". False also at the end of input or when
/// `stop` is requested.
bool read_yes(int fd, const std::stop_token& stop);

}  // namespace fairlead::cli
