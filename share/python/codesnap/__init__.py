# SPDX-License-Identifier: Apache-2.0
"""codesnap for Python programs: `codesnap.spool` reads recordings."""
